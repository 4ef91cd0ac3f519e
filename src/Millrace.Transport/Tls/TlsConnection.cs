using System.Net;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;

namespace Millrace.Transport.Tls;

/// <summary>
/// TLS over another connection. Until <see cref="SecureAsync"/> it passes bytes through as they are, for what may stand in front of the handshake.
/// </summary>
/// <remarks>
/// <para>
/// Waiting is the wait of the connection below: an idle connection holds nothing of ours nor of SslStream's, and <see cref="Interrupt"/> means what it
/// means there. Once there are bytes, a read of SslStream without a buffer decrypts them. If they are no whole record, that read stays
/// pending, whatever becomes of our own wait, and is fed when more come. No buffer of a caller is ever in the hands of a pending read.
/// </para>
/// <para>All of it runs on in the thread that made the bytes known: there is no hop to the thread pool.</para>
/// </remarks>
internal sealed class TlsConnection : Connection
{
    // Most plain bytes of a record (RFC 8446 section 5.1).
    private const int RecordBytesMax = 16 * 1024;

    private readonly Connection _inner;
    private readonly RecordStream _records;
    private readonly SslStream _ssl;
    private bool _isSecured;

    // Decrypts; pending while a record is not whole.
    private ValueTask<int> _decryption;
    private bool _isDecrypting;

    // False when the last read took all there was.
    private bool _mayHaveMore;
    private Task? _farewell;
    private Action? _onPeerClosed;
    private volatile bool _saidFarewell;

    public TlsConnection(Connection inner)
    {
        _inner = inner;
        _records = new RecordStream(inner);
        _ssl = new SslStream(_records, leaveInnerStreamOpen: true);
    }

    public override EventLoop Loop => _inner.Loop;

    public override EndPoint? LocalEndPoint => _inner.LocalEndPoint;

    public override EndPoint? RemoteEndPoint => _inner.RemoteEndPoint;

    public override bool PeerClosed => _saidFarewell || _inner.PeerClosed;

    public override long Delivered => _inner.Delivered;

    /// <summary>What was negotiated. To be asked between <see cref="SecureAsync"/> and <see cref="Close"/>.</summary>
    public SslStream Session => _ssl;

    /// <summary>The certificate of the peer, if it was asked for one that was then found good.</summary>
    public X509Certificate2? PeerCertificate { get; set; }

    /// <summary>Puts back bytes that were read and belong to the handshake.</summary>
    public void Put(ReadOnlySpan<byte> received) => _records.Put(received);

    /// <summary>
    /// Makes the handshake. Null when the connection is encrypted from here on; else why not: then there is nothing to do but to close it.
    /// </summary>
    /// <param name="select">Chooses the certificate and the rules from what the client says.</param>
    public async ValueTask<Exception?> SecureAsync(ServerOptionsSelectionCallback select)
    {
        try
        {
            await _ssl.AuthenticateAsServerAsync(select, null, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whatever a client provokes in the library ends its connection and nothing else.
            return e;
        }
        _records.WaitsForBytes = false;
        _isSecured = true;
        _mayHaveMore = true;
        return null;
    }

    public override ValueTask<bool> WaitReadableAsync() => _mayHaveMore ? new ValueTask<bool>(true) : _inner.WaitReadableAsync();

    public override int TryRead(Span<byte> buffer)
    {
        if (!_isSecured)
            return _inner.TryRead(buffer);
        try
        {
            if (!TryDecrypt())
                return NothingYet;
            int n = _records.IsLost ? Lost : _ssl.Read(buffer);
            _mayHaveMore = n <= 0 || n == buffer.Length;
            if (n == EndOfStream)
                OnFarewell();
            return n;
        }
        catch (Exception)
        {
            // Not TLS, not from the peer we know, or cut off in the middle.
            Abort();
            return Lost;
        }
    }

    public override ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body = default)
    {
        if (_records.IsLost)
            return new ValueTask<bool>(false);
        if (head.IsEmpty || body.IsEmpty)
            return head.IsEmpty && body.IsEmpty ? new ValueTask<bool>(true) : EncryptAsync(head.IsEmpty ? body : head);
        return WriteBothAsync(head, body);
    }

    public override void Interrupt() => _inner.Interrupt();

    public override void WatchPeer(Action onClosed)
    {
        Interlocked.Exchange(ref _onPeerClosed, onClosed);
        if (PeerClosed)
            TellPeerClosed();
        else
            _inner.WatchPeer(TellPeerClosed);
    }

    public override void CompleteWrites() => _farewell = SayFarewellAsync();

    public override void Abort() => _inner.Abort();

    public override void Close()
    {
        _onPeerClosed = null;
        _farewell ??= SendFarewellAsync();
        // The peer reads nothing: not even the few bytes of a farewell went out. Whoever ends it now may be on another thread, and has the connection until then.
        if (!_farewell.IsCompleted)
            _inner.Abort();
        if (_farewell.IsCompleted)
            Release();
        else
            _farewell.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(Release);
    }

    private void Release()
    {
        _records.End();
        if (_isDecrypting)
            ForgetDecryption();
        _ssl.Dispose();
        _inner.Close();
    }

    /// <summary>True when a read of SslStream answers without waiting: there are plain bytes, or the end.</summary>
    private bool TryDecrypt()
    {
        if (!_isDecrypting)
            _decryption = _ssl.ReadAsync(Memory<byte>.Empty);
        else if (!_records.Feed())
            return false;
        _isDecrypting = !_decryption.IsCompleted;
        _mayHaveMore = false;
        if (_isDecrypting)
            return false;
        _ = _decryption.GetAwaiter().GetResult();
        return true;
    }

    private void ForgetDecryption()
    {
        try
        {
            _ = _decryption.GetAwaiter().GetResult();
        }
        catch (Exception)
        {
            // Cut off in the middle of a record.
        }
    }

    /// <summary>Head and beginning of the body go in one record: one encryption and one system call for most responses.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WriteBothAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body)
    {
        int ofBody = Math.Min(body.Length, Math.Max(0, RecordBytesMax - head.Length));
        int length = head.Length + ofBody;
        byte[] joined = Loop.Buffers.Rent(length);
        head.CopyTo(joined);
        body[..ofBody].CopyTo(joined.AsMemory(head.Length));
        bool isSent = await EncryptAsync(joined.AsMemory(0, length)).ConfigureAwait(false);
        Loop.Buffers.Return(joined);
        return isSent && (ofBody == body.Length || await EncryptAsync(body[ofBody..]).ConfigureAwait(false));
    }

    private ValueTask<bool> EncryptAsync(ReadOnlyMemory<byte> plain)
    {
        var write = _ssl.WriteAsync(plain);
        if (!write.IsCompletedSuccessfully)
            return FinishWriteAsync(write);
        write.GetAwaiter().GetResult();
        return new ValueTask<bool>(!_records.IsLost);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> FinishWriteAsync(ValueTask write)
    {
        try
        {
            await write.ConfigureAwait(false);
            return !_records.IsLost;
        }
        catch (Exception)
        {
            Abort();
            return false;
        }
    }

    /// <summary>close_notify, then FIN: the peer can tell the end from a connection that was cut (RFC 8446 section 6.1).</summary>
    private async Task SayFarewellAsync()
    {
        await SendFarewellAsync().ConfigureAwait(false);
        _inner.CompleteWrites();
    }

    private async Task SendFarewellAsync()
    {
        try
        {
            if (_isSecured && !_records.IsLost)
                await _ssl.ShutdownAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The connection has failed: there is nobody to tell.
        }
    }

    private void OnFarewell()
    {
        _saidFarewell = true;
        TellPeerClosed();
    }

    private void TellPeerClosed() => Interlocked.Exchange(ref _onPeerClosed, null)?.Invoke();
}
