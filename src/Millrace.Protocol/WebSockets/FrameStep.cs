namespace Millrace.Protocol.WebSockets;

/// <summary>What <see cref="FrameReader.Read"/> found.</summary>
internal enum FrameStep
{
    /// <summary>The bytes are used up, or begin a header or a control frame that is not whole yet.</summary>
    NeedMore,

    /// <summary>A piece of the payload of a message.</summary>
    Payload,

    /// <summary>A whole control frame.</summary>
    Control,

    /// <summary>The client broke the protocol: <see cref="FrameReader.Fault"/> says how.</summary>
    Fault,
}
