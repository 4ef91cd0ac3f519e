namespace Millrace.Protocol.Http1;

/// <summary>
/// What one message may cost before it is refused. Each limit counts accumulated bytes, however they were cut on the
/// way. The defaults follow Kestrel, whose users know them, where nothing else is said.
/// </summary>
internal sealed record Http1Limits
{
    public static readonly Http1Limits Default = new();

    /// <summary>Bytes of the request line with its CRLF: 414. Kestrel's MaxRequestLineSize; RFC 9112 3 asks for at least 8000.</summary>
    public int RequestLineBytesMax { get; init => field = AtLeast(value, 16); } = 8192;

    /// <summary>Bytes of one field line with its CRLF: 431. Half of Kestrel's total; aiohttp and nginx take 8 KiB, Node 16 KiB in all.</summary>
    public int FieldBytesMax { get; init => field = AtLeast(value, 16); } = 16 * 1024;

    /// <summary>Field lines in a head, and again in a trailer section: 431. Kestrel's MaxRequestHeaderCount.</summary>
    public int FieldCountMax { get; init => field = AtLeast(value, 1); } = 100;

    /// <summary>Bytes of the whole head, from the first byte received for it to its empty line: 431. Kestrel's MaxRequestHeadersTotalSize.</summary>
    public int HeadBytesMax { get; init => field = AtLeast(value, 64); } = 32 * 1024;

    /// <summary>Empty lines skipped before a request line (RFC 9112 2.2 asks for one): 400. aiohttp skips any number.</summary>
    public int EmptyLinesMax { get; init => field = AtLeast(value, 0); } = 2;

    /// <summary>Bytes of one chunk size line, extensions and CRLF included: 400. Go's limit is the same.</summary>
    public int ChunkLineBytesMax { get; init => field = AtLeast(value, 32); } = 4096;

    /// <summary>Bytes of the chunk extensions of one body together: 400. As in Go since CVE-2023-39326.</summary>
    public int ChunkExtensionBytesMax { get; init => field = AtLeast(value, 0); } = 16 * 1024;

    /// <summary>Bytes of the trailer section with its empty line: 431. A quarter of the head's, aiohttp's 8 KiB.</summary>
    public int TrailerBytesMax { get; init => field = AtLeast(value, 2); } = 8192;

    private static int AtLeast(int value, int least, [System.Runtime.CompilerServices.CallerMemberName] string? name = null) =>
        value >= least ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least {least}.");
}
