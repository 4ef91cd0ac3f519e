namespace Millrace.Protocol.Semantics;

/// <summary>The content codings of RFC 9110 section 8.4.1 and RFC 8878 that are worth choosing, the best first, and none.</summary>
internal enum ContentCoding : byte
{
    Brotli,
    Zstandard,
    Gzip,
    Deflate,
    Identity,
}
