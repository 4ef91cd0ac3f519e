namespace Millrace.Protocol.WebSockets;

/// <summary>What <see cref="MessageInflater.Read"/> came to.</summary>
internal enum InflateStep
{
    /// <summary>The message is at its end.</summary>
    End,

    /// <summary>It goes on, and the output is full.</summary>
    NeedRoom,

    /// <summary>It is no DEFLATE.</summary>
    Fault,
}
