namespace Millrace.Protocol.Semantics;

/// <summary>Why a message of the peer is refused. The table in <see cref="ProtocolFaults"/> gives each its status, text and name.</summary>
internal enum ProtocolFault : byte
{
    None,

    // The request line.
    TlsOnPlainPort,
    Http2OnPlainPort,
    TooManyEmptyLines,
    BadMethod,
    MethodTooLong,
    BadTarget,
    RequestLineTooLong,
    BadVersion,
    UnsupportedVersion,
    BareCr,
    BareLf,

    // The fields.
    ObsoleteFolding,
    BadFieldName,
    BadFieldValue,
    FieldTooLarge,
    TooManyFields,
    HeadTooLarge,
    MissingHost,
    SeveralHosts,
    BadHost,
    HostMismatch,
    ExpectationFailed,

    // The framing.
    BadContentLength,
    SeveralContentLengths,
    LengthAndTransferEncoding,
    BadTransferEncoding,
    UnsupportedTransferCoding,
    TransferEncodingInHttp10,
    BodyNotAllowed,

    // The body.
    BadChunkSize,
    ChunkSizeTooLarge,
    BadChunkExtension,
    ChunkLineTooLong,
    ChunkExtensionsTooLarge,
    ChunkDataNotTerminated,
    ForbiddenTrailer,
    TrailersTooLarge,
    BodyTooLarge,
    LengthRequired,

    // A multipart body.
    BadMultipartBoundary,
    BadMultipartDelimiter,
    BadPartHead,
    TooManyParts,
    MultipartTooDeep,
    MultipartCutOff,

    // What the connection sees, not the reader: here so that one table knows every refusal.
    UnexpectedEnd,
    HeadTimeout,
    BodyTimeout,
    BodyTooSlow,
    MethodNotImplemented,
    BadProxyHeader,
}
