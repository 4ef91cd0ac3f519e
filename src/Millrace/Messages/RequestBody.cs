using System.Buffers;

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

    private protected RequestBody()
    {
    }

    /// <summary>The number of bytes the client announced (Content-Length), or null when it sends chunks of unknown sum (RFC 9112 section 6).</summary>
    public abstract long? Length { get; }

    /// <summary>True when the last byte has been read, and for a request without a body from the start.</summary>
    public abstract bool IsCompleted { get; }

    /// <summary>Reads at least one byte into <paramref name="buffer"/>; 0 when the body is at its end.</summary>
    /// <param name="buffer">Where the bytes go; an empty one reads nothing.</param>
    /// <param name="cancellationToken">Ends the wait; the body can be read on afterwards.</param>
    /// <exception cref="HttpException">The client sent a malformed body (400), or sends it too slowly (408).</exception>
    /// <exception cref="IOException">The client closed the connection before the end of the body.</exception>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public abstract ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    /// <summary>The body as a stream, to be read only. Disposing it leaves the rest of the body alone.</summary>
    public Stream AsStream() => new Messages.RequestBodyStream(this);

    /// <summary>Reads the rest of the body into one array.</summary>
    /// <param name="maxLength">Most bytes to accept.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="HttpException">The body is longer than <paramref name="maxLength"/> (413), or as in <see cref="ReadAsync"/>.</exception>
    /// <exception cref="IOException">The client closed the connection before the end of the body.</exception>
    public async ValueTask<byte[]> ReadAllAsync(long maxLength, CancellationToken cancellationToken = default)
    {
        if (IsCompleted)
            return [];
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

    private static byte[] Grow(byte[] full)
    {
        var larger = ArrayPool<byte>.Shared.Rent(full.Length * 2);
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }

    internal static HttpException TooLarge(long maxLength) =>
        new(413, $"The body is larger than the {maxLength} bytes this server accepts here.");
}
