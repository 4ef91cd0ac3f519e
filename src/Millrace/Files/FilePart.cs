using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Millrace.Files;

/// <summary>Bytes of a file, and what goes in front of them.</summary>
internal readonly record struct FilePart(byte[] Prefix, long Offset, long Count)
{
    // What nobody needs and only costs: a client that asks for more, or for more than the whole, gets the whole (RFC 9110 section 14.2).
    private const int RangesMax = 16;

    /// <summary>
    /// The bytes to send for what was asked for: none when no range is there, null when the ranges are to be ignored.
    /// </summary>
    public static FilePart[]? Of(IReadOnlyList<ByteRange> ranges, long length)
    {
        if (ranges.Count > RangesMax)
            return null;
        var parts = new List<FilePart>(ranges.Count);
        long total = 0;
        foreach (var range in ranges)
        {
            if (!range.TryResolve(length, out long offset, out long count))
                continue;
            parts.Add(new FilePart([], offset, count));
            total += count;
        }
        return parts.Count > 1 && total > length ? null : [.. parts];
    }

    public string ContentRange(long length) => string.Create(CultureInfo.InvariantCulture, $"bytes {Offset}-{Offset + Count - 1}/{length}");

    /// <summary>The parts as the body of multipart/byteranges (RFC 9110 section 14.6), the end of the body as a last one without bytes.</summary>
    public static FilePart[] AsMultipart(FilePart[] parts, string? contentType, long length, out string boundary)
    {
        boundary = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var framed = new FilePart[parts.Length + 1];
        for (int i = 0; i < parts.Length; i++)
        {
            string type = contentType is null ? "" : $"Content-Type: {contentType}\r\n";
            framed[i] = parts[i] with { Prefix = Encoding.Latin1.GetBytes($"\r\n--{boundary}\r\n{type}Content-Range: {parts[i].ContentRange(length)}\r\n\r\n") };
        }
        framed[^1] = new FilePart(Encoding.Latin1.GetBytes($"\r\n--{boundary}--\r\n"), 0, 0);
        return framed;
    }
}
