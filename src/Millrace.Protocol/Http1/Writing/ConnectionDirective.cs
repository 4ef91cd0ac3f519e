namespace Millrace.Protocol.Http1;

/// <summary>What the Connection field of a response says.</summary>
internal enum ConnectionDirective : byte
{
    /// <summary>Nothing: HTTP/1.1 goes on by itself.</summary>
    None,

    /// <summary>To a client of HTTP/1.0 that asked for it.</summary>
    KeepAlive,

    /// <summary>This response is the last.</summary>
    Close,

    /// <summary>Of a 101 response, and of a 426, whose Upgrade field stands among the further fields.</summary>
    Upgrade,
}
