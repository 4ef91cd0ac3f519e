using System.IO.Compression;
using System.Numerics;
using Millrace.Fuzz.Engine;
using Millrace.Protocol.WebSockets;

namespace Millrace.Fuzz.Targets;

/// <summary>
/// Any bytes are a compressed message or a fault, the same whatever room there is and whatever was read before; never more content than there is room for; the base
/// library reads the same up to the first final block; what is compressed reads back, with every window, and grows no more than the frame reader lets pass.
/// </summary>
internal sealed class DeflateTarget : FuzzTarget
{
    private const int ContentBytesMax = 20_000;

    public override string Name => "deflate";

    public override int Check(byte[] input, Random cuts)
    {
        byte[]? content = Inflate(input, null, ContentBytesMax, out bool isFault);
        byte[]? cut = Inflate(input, null, cuts.Next(1, 50), out bool isCutFault);
        Invariant.Holds(isFault == isCutFault);
        Invariant.Same(Shown(content), Shown(cut), "in one piece and with room that grows");
        if (content is not null)
            CompareWithBaseLibrary(input, content);
        var window = new InflateWindow(cuts.Next(9, 16));
        byte[]? first = Inflate(input, window, ContentBytesMax, out _);
        Invariant.Same(Shown(content), Shown(first), "with a window that is empty");
        Invariant.Holds(content is null || window.Bytes.SequenceEqual(content.AsSpan(Math.Max(0, content.Length - window.Bytes.Length))));
        byte[]? second = Inflate(input, window, ContentBytesMax, out _);
        Invariant.Holds(content is null || Shown(content) == Shown(second));
        ThereAndBack(input, cuts);
        return Hash.Of([(byte)(isFault ? 1 : 0), (byte)BitOperations.Log2((uint)(content?.Length ?? 0) + 1), (byte)(input.Length == 0 ? 0 : input[0] & 7), (byte)(second is null ? 0 : 1)]);
    }

    /// <summary>Null for a fault, and for a message that is too large.</summary>
    private static byte[]? Inflate(byte[] message, InflateWindow? window, int room, out bool isFault)
    {
        var inflater = new MessageInflater();
        inflater.Begin(window);
        byte[] output = new byte[room];
        while (true)
        {
            var step = inflater.Read(message, output);
            Invariant.Holds(inflater.Written >= 0 && inflater.Written <= output.Length);
            isFault = step == InflateStep.Fault;
            if (step == InflateStep.End)
                return output[..inflater.Written];
            if (isFault || output.Length == ContentBytesMax)
                return null;
            Invariant.Holds(inflater.Written == output.Length);
            Array.Resize(ref output, Math.Min(ContentBytesMax, output.Length * 2));
        }
    }

    private static void CompareWithBaseLibrary(byte[] message, byte[] content)
    {
        using var inflate = new DeflateStream(new MemoryStream([.. message, 0x00, 0x00, 0xFF, 0xFF]), CompressionMode.Decompress);
        byte[] read = new byte[ContentBytesMax + 1];
        int count = inflate.ReadAtLeast(read, read.Length, throwOnEndOfStream: false);
        Invariant.Holds(content.AsSpan().StartsWith(read.AsSpan(0, count)));
        // It stops at a final block; without one, it has everything.
        Invariant.Holds(count == content.Length || GoesOnBehindFinalBlock(message, content, count));
    }

    /// <summary>True if the rest of the content comes from some byte on, which begins a block.</summary>
    private static bool GoesOnBehindFinalBlock(byte[] message, byte[] content, int count)
    {
        for (int i = 1; i < message.Length; i++)
        {
            var window = new InflateWindow(DeflateAgreement.WindowBitsMax);
            window.Append(content.AsSpan(0, count));
            if (Inflate(message[i..], window, ContentBytesMax, out _) is { } rest && content.AsSpan(count).SequenceEqual(rest))
                return true;
        }
        return false;
    }

    private static void ThereAndBack(byte[] input, Random cuts)
    {
        var window = new InflateWindow(DeflateAgreement.WindowBitsMax);
        using var deflater = new MessageDeflater(cuts.Next(8, 16));
        for (int n = 0; n < 2; n++)
        {
            int cut = cuts.Next(input.Length + 1);
            byte[] message = [.. deflater.Deflate(input.AsSpan(0, cut), endsMessage: false).Span, .. deflater.Deflate(input.AsSpan(cut), endsMessage: true).Span];
            Invariant.Holds(message.Length <= input.Length + (input.Length / 8) + 64);
            Invariant.Same(Shown(input), Shown(Inflate(message, window, ContentBytesMax, out _)), "compressed and decompressed");
        }
    }

    private static string Shown(byte[]? bytes) => bytes is null ? "nothing" : Convert.ToHexString(bytes);
}
