namespace Millrace.Protocol.Http1;

internal enum BodyStep : byte
{
    /// <summary>All input is consumed as framing and the body goes on.</summary>
    NeedMore,

    /// <summary>A slice of the input is data.</summary>
    Data,

    /// <summary>The body is over; what was not consumed belongs to the next message.</summary>
    Complete,

    /// <summary>The framing is broken; the body says why, and nothing behind it can be trusted.</summary>
    Fault,
}
