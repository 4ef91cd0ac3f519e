using Microsoft.Win32.SafeHandles;
using Millrace.Transport;

namespace Millrace.Connections;

internal sealed partial class Http1Output
{
    // A client that reads as fast as it is sent to must let its loop's other connections through.
    private const int FileBytesPerTurn = 2 * 1024 * 1024;

    /// <summary>Reads a small piece of a file behind what waits to be sent; false if the file is shorter.</summary>
    public bool AppendFile(SafeFileHandle file, long offset, int count)
    {
        var space = _buffer.GetSpan(count)[..count];
        int read = 0;
        while (read < count)
        {
            int n = RandomAccess.Read(file, space[read..], offset + read);
            if (n == 0)
                return false;
            read += n;
        }
        _buffer.Advance(count);
        return true;
    }

    /// <summary>
    /// Sends what has come together and a piece of a file behind it. Returns how many bytes of the file were sent, fewer than
    /// <paramref name="count"/> only if it has no more, or <see cref="Connection.Lost"/>.
    /// </summary>
    public async ValueTask<long> SendFileAsync(SafeFileHandle file, long offset, long count)
    {
        long sent = 0;
        long sentInTurn = 0;
        // The time of a wait counts until a whole piece is out: a client that takes a few bytes now and then gains nothing.
        long sentInWait = 0;
        bool isTimed = false;
        while (sent < count)
        {
            var send = connection.SendFileAsync(_buffer.Written, file, offset + sent, count - sent);
            if (!send.IsCompleted)
            {
                if (!isTimed)
                {
                    _deadline ??= new ConnectionDeadline(connection);
                    _deadline.Start(Wait.Write, server.Options.WriteTimeout);
                    isTimed = true;
                    sentInWait = 0;
                }
                sentInTurn = 0;
            }
            long n = await send.ConfigureAwait(false);
            sent += Math.Max(n, 0);
            _sent += Math.Max(n, 0);
            sentInWait += Math.Max(n, 0);
            if (isTimed && (n <= 0 || sentInWait >= PieceBytesMax || sent == count))
            {
                isTimed = false;
                if (!_deadline!.Stop())
                    return Connection.Lost;
            }
            if (n <= 0)
                return n < 0 ? n : sent;
            ClearSent();
            sentInTurn += n;
            if (sentInTurn >= FileBytesPerTurn && sent < count)
            {
                sentInTurn = 0;
                await connection.Loop.YieldAsync();
            }
        }
        return sent;
    }
}
