namespace Millrace.Protocol.Http1;

/// <summary>What the Connection field of a response says.</summary>
[Flags]
internal enum ConnectionDirective : byte
{
    /// <summary>Nothing: HTTP/1.1 goes on by itself.</summary>
    None = 0,

    /// <summary>To a client of HTTP/1.0 that asked for it.</summary>
    KeepAlive = 1,

    /// <summary>This response is the last.</summary>
    Close = 2,

    /// <summary>Of every response with an Upgrade field, which stands among the further fields (RFC 9110 7.8).</summary>
    Upgrade = 4,
}
