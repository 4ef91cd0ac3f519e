using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Millrace.Messages;

namespace Millrace;

/// <summary>
/// The body of a request, read from the connection as the handler asks for it (aiohttp: <c>request.content</c>).
/// </summary>
/// <remarks>
/// What nobody reads stays in the socket and slows the client down. What a handler leaves unread is read and thrown away after
/// the response, within <see cref="ServerOptions.LingeringTimeout"/>, or the connection is closed.
/// A body can be read once and by one reader at a time.
/// </remarks>
public abstract class RequestBody
{
    private const int FirstPieceBytes = 16 * 1024;

    // One less than an array holds: a full one is too much, and no read is made into none.
    private static readonly int CollectedBytesMax = Array.MaxLength - 1;

    // What ReadUntilAsync received behind its delimiter: the next read begins with it.
    private byte[]? _pushedBack;
    private int _pushedBackStart;

    private protected RequestBody()
    {
    }

    /// <summary>The number of bytes the client announced (Content-Length), or null when it sends chunks of unknown sum (RFC 9112 section 6) or the body is decoded on the way.</summary>
    public abstract long? Length { get; }

    /// <summary>True when the last byte has been read, and for a request without a body from the start.</summary>
    public bool IsCompleted => _pushedBack is null && IsReceived;

    /// <summary>The fields that followed a chunked body (RFC 9112 section 7.1.2); empty until the body is completed, and for most requests afterwards.</summary>
    public virtual IReadOnlyList<KeyValuePair<string, string>> Trailers => [];

    /// <summary>True once somebody has begun to read.</summary>
    internal virtual bool HasBegun => false;

    private protected abstract bool IsReceived { get; }

    /// <summary>Reads at least one byte into <paramref name="buffer"/>; 0 when the body is at its end.</summary>
    /// <param name="buffer">Where the bytes go; an empty one reads nothing.</param>
    /// <param name="cancellationToken">Ends the wait; the body can be read on afterwards.</param>
    /// <exception cref="HttpException">The client sent a malformed body (400), or sends it too slowly (408).</exception>
    /// <exception cref="IOException">The client closed the connection before the end of the body.</exception>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_pushedBack is null || buffer.IsEmpty)
            return ReceiveAsync(buffer, cancellationToken);
        int count = Math.Min(_pushedBack.Length - _pushedBackStart, buffer.Length);
        _pushedBack.AsSpan(_pushedBackStart, count).CopyTo(buffer.Span);
        _pushedBackStart += count;
        if (_pushedBackStart == _pushedBack.Length)
            _pushedBack = null;
        return new ValueTask<int>(count);
    }

    /// <summary>Fills <paramref name="buffer"/>.</summary>
    /// <exception cref="EndOfStreamException">The body ends before the buffer is full; what there was is in its front.</exception>
    /// <exception cref="HttpException">As in <see cref="ReadAsync"/>.</exception>
    /// <exception cref="IOException">The client closed the connection before the end of the body.</exception>
    public async ValueTask ReadExactlyAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            int n = await ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (n == 0)
                throw new EndOfStreamException($"The body ended {buffer.Length} bytes too early.");
            buffer = buffer[n..];
        }
    }

    /// <summary>Reads up to and including <paramref name="delimiter"/>; if the body ends without it, what there is, and an empty array at the end.</summary>
    /// <param name="delimiter">One or more bytes.</param>
    /// <param name="maxLength">Most bytes to collect, the delimiter included; default 64 KiB.</param>
    /// <param name="cancellationToken">Ends the wait; what was collected comes again with the next read.</param>
    /// <exception cref="ArgumentException">The delimiter is empty.</exception>
    /// <exception cref="HttpException">The delimiter does not come within <paramref name="maxLength"/> bytes (413), or as in <see cref="ReadAsync"/>.</exception>
    /// <exception cref="IOException">The client closed the connection before the end of the body.</exception>
    public async ValueTask<byte[]> ReadUntilAsync(ReadOnlyMemory<byte> delimiter, int maxLength = 64 * 1024, CancellationToken cancellationToken = default)
    {
        if (delimiter.IsEmpty)
            throw new ArgumentException("A delimiter has at least one byte.", nameof(delimiter));
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, delimiter.Length);
        maxLength = Math.Min(maxLength, CollectedBytesMax);
        if (TakePushedBackUntil(delimiter.Span, maxLength) is { } whole)
            return whole;
        var collected = ArrayPool<byte>.Shared.Rent(Math.Min(maxLength, FirstPieceBytes));
        int count = 0;
        try
        {
            while (true)
            {
                if (count == collected.Length)
                    collected = Grow(collected);
                int n = await ReadAsync(collected.AsMemory(count), cancellationToken).ConfigureAwait(false);
                // The delimiter may lie across the border of two reads; before that it was looked for already.
                int from = Math.Max(0, count - delimiter.Length + 1);
                count += n;
                int found = collected.AsSpan(from, count - from).IndexOf(delimiter.Span);
                int end = found < 0 ? count : from + found + delimiter.Length;
                if (end > maxLength)
                    throw TooLarge(maxLength);
                if (found < 0 && n > 0)
                    continue;
                var result = collected.AsSpan(0, end).ToArray();
                PushBack(collected.AsSpan(end, count - end));
                count = 0;
                return result;
            }
        }
        finally
        {
            // Not returned: cancelled, or refused. The bytes are the body's still.
            PushBack(collected.AsSpan(0, count));
            ArrayPool<byte>.Shared.Return(collected);
        }
    }

    /// <summary>The body piece by piece as it comes. A piece is valid until the next one is asked for.</summary>
    /// <exception cref="HttpException">As in <see cref="ReadAsync"/>.</exception>
    /// <exception cref="IOException">The client closed the connection before the end of the body.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadPiecesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstPieceBytes);
        try
        {
            while (await ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var n)
                yield return buffer.AsMemory(0, n);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The body as a stream, to be read only. Disposing it leaves the rest of the body alone.</summary>
    public Stream AsStream() => new RequestBodyStream(this);

    /// <summary>The body as a pipe. What the pipe has buffered when it is completed early is lost to other readers.</summary>
    public PipeReader AsPipeReader() => PipeReader.Create(AsStream(), new StreamPipeReaderOptions(leaveOpen: true));

    /// <summary>Reads the rest of the body into one array.</summary>
    /// <param name="maxLength">Most bytes to accept: 0 takes none; more than an array holds, about 2 GB, is never accepted.</param>
    /// <param name="cancellationToken">Ends the wait; what was collected is lost.</param>
    /// <exception cref="HttpException">The body is longer than <paramref name="maxLength"/> (413; before anything is read where the client announced it), or as in <see cref="ReadAsync"/>.</exception>
    /// <exception cref="IOException">The client closed the connection before the end of the body.</exception>
    public async ValueTask<byte[]> ReadAllAsync(long maxLength, CancellationToken cancellationToken = default)
    {
        if (IsCompleted)
            return [];
        maxLength = Math.Min(maxLength, CollectedBytesMax);
        if (Length > maxLength)
            throw TooLarge(maxLength);
        // A client that only announces much gets no memory for it: beyond the first piece the array grows with what has come.
        int capacity = (int)Math.Min(Length ?? FirstPieceBytes, FirstPieceBytes);
        byte[] collected = ArrayPool<byte>.Shared.Rent(capacity);
        try
        {
            int count = 0;
            while (await ReadAsync(collected.AsMemory(count), cancellationToken).ConfigureAwait(false) is > 0 and var n)
            {
                count += n;
                if (count > maxLength)
                    throw TooLarge(maxLength);
                if (IsCompleted)
                    break;
                if (count == collected.Length)
                    collected = Grow(collected);
            }
            return collected.AsSpan(0, count).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(collected);
        }
    }

    internal static HttpContentTooLargeException TooLarge(long maxLength) => new(maxLength);

    private protected abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>What an earlier read received behind its delimiter often holds the next one: then nothing is moved.</summary>
    private byte[]? TakePushedBackUntil(ReadOnlySpan<byte> delimiter, int maxLength)
    {
        var pushedBack = _pushedBack.AsSpan(Math.Min(_pushedBackStart, _pushedBack?.Length ?? 0));
        int found = pushedBack.IndexOf(delimiter);
        int end = found + delimiter.Length;
        if (found < 0 || end > maxLength)
            return null;
        var result = pushedBack[..end].ToArray();
        _pushedBackStart += end;
        if (end == pushedBack.Length)
            _pushedBack = null;
        return result;
    }

    private protected void PushBack(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        var rest = _pushedBack is null ? [] : _pushedBack.AsSpan(_pushedBackStart);
        _pushedBack = [.. bytes, .. rest];
        _pushedBackStart = 0;
    }

    private static byte[] Grow(byte[] full)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * full.Length, Array.MaxLength));
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }
}
