using Millrace.Protocol.Semantics;

namespace Millrace.Messages;

/// <summary>
/// The head of one request where it lies in the connection's read buffer, and the guard that keeps others out of it.
/// </summary>
/// <remarks>
/// The buffer serves the next request once this one has ended. Every value is therefore taken out as a string and only then
/// the end is looked at: a value read while the buffer was given away is thrown away and never seen.
/// </remarks>
internal sealed class HeadView(RawRequestMessage head, byte[] buffer, int start)
{
    private volatile bool _ended;

    public bool IsEnded => _ended;

    /// <summary>For the connection and the router while the request runs; everybody else goes through <see cref="Take{TArg, T}"/>.</summary>
    public RawRequestMessage Head => head;

    public ReadOnlySpan<byte> Bytes => buffer.AsSpan(start, head.Length);

    public ReadOnlySpan<byte> Path => head.Target.Path(Bytes);

    public void End() => _ended = true;

    public T Take<TArg, T>(TArg arg, Func<HeadView, TArg, T> read)
    {
        ThrowIfEnded();
        T value;
        try
        {
            value = read(this, arg);
        }
        catch (ArgumentException) when (_ended)
        {
            throw Ended();
        }
        catch (IndexOutOfRangeException) when (_ended)
        {
            throw Ended();
        }
        Volatile.ReadBarrier();
        ThrowIfEnded();
        return value;
    }

    public void ThrowIfEnded()
    {
        if (_ended)
            throw Ended();
    }

    private static ObjectDisposedException Ended() =>
        new(nameof(Request), "The request has ended and its buffer serves another one. Take what you need out of it before the handler returns.");
}
