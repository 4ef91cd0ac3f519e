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
    private RawRequestMessage _head = head;
    private byte[] _buffer = buffer;
    private volatile bool _ended;

    public bool IsEnded => _ended;

    /// <summary>For the connection and the router while the request runs; everybody else goes through <see cref="Take{TArg, T}"/>.</summary>
    public RawRequestMessage Head => _head;

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(start, _head.Length);

    public ReadOnlySpan<byte> Path => _head.Target.Path(Bytes);

    public void End() => _ended = true;

    /// <summary>Takes the head into memory of its own: the request goes on for long, and others need the buffer and the reader's tables.</summary>
    public void KeepApart()
    {
        // At the same place, so that a reader who is here meanwhile sees the one array or the other and never a mixture.
        var own = new byte[start + _head.Length];
        Bytes.CopyTo(own.AsSpan(start));
        Volatile.Write(ref _head, _head.Compact());
        Volatile.Write(ref _buffer, own);
    }

    public T Take<TArg, T>(TArg arg, Func<HeadView, TArg, T> read)
    {
        while (true)
        {
            ThrowIfEnded();
            var place = Volatile.Read(ref _buffer);
            T value;
            try
            {
                value = read(this, arg);
            }
            catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException && (_ended || place != Volatile.Read(ref _buffer)))
            {
                continue;
            }
            Volatile.ReadBarrier();
            ThrowIfEnded();
            if (place == _buffer)
                return value;
        }
    }

    public void ThrowIfEnded()
    {
        if (_ended)
            throw Ended();
    }

    private static ObjectDisposedException Ended() =>
        new(nameof(Request), "The request has ended and its buffer serves another one. Take what you need out of it before the handler returns.");
}
