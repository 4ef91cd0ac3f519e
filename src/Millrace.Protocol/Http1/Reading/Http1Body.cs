using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Http1;

/// <summary>
/// Finds the content of one message in the bytes behind its head. One type per framing, chosen once after the head;
/// each is reused for the next message of its kind. Nothing is copied: data is a slice of the input.
/// </summary>
internal abstract class Http1Body
{
    /// <summary>Why <see cref="Read"/> said <see cref="BodyStep.Fault"/>.</summary>
    public ProtocolFault Fault { get; protected set; }

    /// <summary>The end of the body was read; the next byte belongs to the next message.</summary>
    public abstract bool IsComplete { get; }

    /// <summary>Bytes of data that come next with no framing between: they may be received straight into the reader's own buffer and told by <see cref="Skip"/>.</summary>
    public abstract long ReadableWithoutFraming { get; }

    /// <summary>
    /// Takes one step. <paramref name="consumed"/> counts the bytes of input done with, framing and data; they must not be shown
    /// again. Data stands at <paramref name="dataStart"/> and lies within what is consumed. Called in a loop over one input,
    /// it comes to <see cref="BodyStep.NeedMore"/>, with all input consumed, or to an end.
    /// </summary>
    public abstract BodyStep Read(ReadOnlySpan<byte> input, out int consumed, out int dataStart, out int dataLength);

    /// <summary>Counts data received without <see cref="Read"/>; at most <see cref="ReadableWithoutFraming"/>.</summary>
    public abstract void Skip(int count);
}
