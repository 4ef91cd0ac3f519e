using Microsoft.Win32.SafeHandles;
using Millrace.Transport;

namespace Millrace.Connections;

internal sealed partial class Http1Output
{
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
        while (sent < count)
        {
            var send = connection.SendFileAsync(_buffer.Written, file, offset + sent, count - sent);
            bool waits = StartsWait(send.IsCompleted);
            long n = await send.ConfigureAwait(false);
            if (waits && !_deadline!.Stop())
                return Connection.Lost;
            if (n <= 0)
                return n < 0 ? n : sent;
            sent += n;
            _sent += n;
            ClearSent();
            _turn.Wrote(n);
            if (_turn.IsOver)
                await YieldAsync().ConfigureAwait(false);
        }
        return sent;
    }
}
