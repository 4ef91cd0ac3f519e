namespace Millrace.Protocol.Semantics;

/// <summary>How the end of a body is known (RFC 9112 6). Requests never have <see cref="UntilClose"/>.</summary>
internal enum BodyFraming : byte
{
    None,
    Length,
    Chunked,
    UntilClose,
}
