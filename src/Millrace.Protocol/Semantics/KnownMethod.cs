namespace Millrace.Protocol.Semantics;

/// <summary>The methods this server implements; <see cref="Other"/> is any other valid token (RFC 9110 9.1: 501 or 405 by the layer above).</summary>
internal enum KnownMethod : byte
{
    Other,
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
    Options,
    Connect,
    Trace,
    Query,
}
