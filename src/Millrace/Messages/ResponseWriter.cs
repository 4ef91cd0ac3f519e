using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Millrace.Messages;

/// <summary>Where the body of one response goes once its head is out (aiohttp: StreamWriter).</summary>
internal abstract class ResponseWriter
{
    /// <summary>False where no byte of a body goes out, as for HEAD: then none need be made.</summary>
    public abstract bool HasBody { get; }

    /// <summary>Writes a piece of the body to the connection; waits while the client reads too slowly.</summary>
    /// <exception cref="IOException">The client is gone.</exception>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>Writes bytes of a file. This one reads them piece by piece; a writer that can hand the file on does.</summary>
    /// <exception cref="EndOfStreamException">The file is shorter than that by now.</exception>
    /// <exception cref="IOException">The client is gone, or the file cannot be read.</exception>
    public virtual async ValueTask WriteFileAsync(SafeFileHandle file, long offset, long count, CancellationToken cancellationToken)
    {
        const int PieceBytes = 64 * 1024;
        byte[] piece = ArrayPool<byte>.Shared.Rent((int)Math.Min(count, PieceBytes));
        try
        {
            while (count > 0)
            {
                int n = RandomAccess.Read(file, piece.AsSpan(0, (int)Math.Min(count, piece.Length)), offset);
                if (n == 0)
                    throw FileIsShorter();
                await WriteAsync(piece.AsMemory(0, n), cancellationToken).ConfigureAwait(false);
                offset += n;
                count -= n;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    protected static EndOfStreamException FileIsShorter() => new("The file became shorter while it was sent: put a new one in its place instead of writing into it.");

    /// <summary>Ends the body; trailers go out where the framing has a place for them.</summary>
    public abstract ValueTask EndAsync(ResponseHeaders? trailers, CancellationToken cancellationToken);
}
