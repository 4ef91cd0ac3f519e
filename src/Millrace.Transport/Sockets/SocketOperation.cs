using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;

namespace Millrace.Transport.Sockets;

/// <summary>One call at a time on a socket that can be awaited. It ends with an error code, never with an exception.</summary>
internal sealed class SocketOperation : SocketAsyncEventArgs, IValueTaskSource<SocketError>
{
    private ManualResetValueTaskSourceCore<SocketError> _source;

    // True: no caller's AsyncLocal values come along.
    public SocketOperation() : base(true)
    {
    }

    public ValueTask<SocketError> AcceptAsync(Socket listener)
    {
        AcceptSocket = null;
        _source.Reset();
        try
        {
            return Started(listener.AcceptAsync(this));
        }
        catch (ObjectDisposedException)
        {
            return new ValueTask<SocketError>(SocketError.OperationAborted);
        }
    }

    /// <summary>Sends both buffers whole; in one call if both lie in arrays.</summary>
    public ValueTask<SocketError> SendAsync(Socket socket, ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second)
    {
        if (second.IsEmpty)
            return SendAsync(socket, first);
        if (first.IsEmpty)
            return SendAsync(socket, second);
        if (!MemoryMarshal.TryGetArray(first, out var firstArray) || !MemoryMarshal.TryGetArray(second, out var secondArray))
            return SendOneByOneAsync(socket, first, second);
        SetBuffer(default);
        BufferList = [firstArray, secondArray];
        return StartSend(socket);
    }

    /// <summary>Lets go of the buffers of the last send.</summary>
    public void Forget()
    {
        BufferList = null;
        SetBuffer(default);
    }

    protected override void OnCompleted(SocketAsyncEventArgs e) => _source.SetResult(SocketError);

    private ValueTask<SocketError> SendAsync(Socket socket, ReadOnlyMemory<byte> buffer)
    {
        BufferList = null;
        SetBuffer(MemoryMarshal.AsMemory(buffer));
        return StartSend(socket);
    }

    private async ValueTask<SocketError> SendOneByOneAsync(Socket socket, ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second)
    {
        var error = await SendAsync(socket, first).ConfigureAwait(false);
        return error == SocketError.Success ? await SendAsync(socket, second).ConfigureAwait(false) : error;
    }

    private ValueTask<SocketError> StartSend(Socket socket)
    {
        _source.Reset();
        try
        {
            return Started(socket.SendAsync(this));
        }
        catch (ObjectDisposedException)
        {
            // Aborted by another thread a moment ago.
            return new ValueTask<SocketError>(SocketError.OperationAborted);
        }
    }

    private ValueTask<SocketError> Started(bool pending) =>
        pending ? new ValueTask<SocketError>(this, _source.Version) : new ValueTask<SocketError>(SocketError);

    SocketError IValueTaskSource<SocketError>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<SocketError>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<SocketError>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
