using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Millrace.Protocol.Semantics;
using Millrace.Transport.Files;

namespace Millrace.Files;

/// <summary>A file that is open to be sent, in one coding, with what its head says of it.</summary>
internal sealed class OpenFile
{
    private OpenFile(SafeFileHandle handle, in FileFacts facts, string? contentEncoding)
    {
        Handle = handle;
        Facts = facts;
        ContentEncoding = contentEncoding;
        // The same time and length in two codings are two representations, which must not have one strong tag (RFC 9110 section 8.8.3.3).
        ETag = new ETag(string.Create(CultureInfo.InvariantCulture, $"{facts.Modified.UtcTicks - DateTime.UnixEpoch.Ticks:x}-{facts.Length:x}{(contentEncoding is null ? "" : "-")}{contentEncoding}"));
        LastModified = facts.Modified.AddTicks(-(facts.Modified.UtcTicks % TimeSpan.TicksPerSecond));
        ETagText = ETag.ToString();
        LastModifiedText = HttpDate.ToString(LastModified);
    }

    public SafeFileHandle Handle { get; }

    public FileFacts Facts { get; }

    public long Length => Facts.Length;

    /// <summary>The name of the coding; null for the plain file.</summary>
    public string? ContentEncoding { get; }

    /// <summary>Strong: another length or another time of change is another tag.</summary>
    public ETag ETag { get; }

    /// <summary>The time of the last change, in whole seconds as fields tell it.</summary>
    public DateTimeOffset LastModified { get; }

    public string ETagText { get; }

    public string LastModifiedText { get; }

    /// <summary>Opens the file; null if there is no regular file that may be read.</summary>
    public static OpenFile? TryOpen(string path, bool followLink, string? contentEncoding, out FileFacts facts) =>
        FileOpening.TryOpen(path, followLink, out facts) is { } handle ? new OpenFile(handle, facts, contentEncoding) : null;

    public void Close() => Handle.Dispose();
}
