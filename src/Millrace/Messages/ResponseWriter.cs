namespace Millrace.Messages;

/// <summary>Where the body of one response goes once its head is out (aiohttp: StreamWriter).</summary>
internal abstract class ResponseWriter
{
    /// <summary>False where no byte of a body goes out, as for HEAD: then none need be made.</summary>
    public abstract bool HasBody { get; }

    /// <summary>Writes a piece of the body to the connection; waits while the client reads too slowly.</summary>
    /// <exception cref="IOException">The client is gone.</exception>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>Ends the body; trailers go out where the framing has a place for them.</summary>
    public abstract ValueTask EndAsync(ResponseHeaders? trailers, CancellationToken cancellationToken);

    /// <summary>Bytes that were appended and not sent.</summary>
    public abstract int Pending { get; }

    /// <summary>Puts a piece of the body behind those that wait to be sent; for small ones, by whoever sends them soon.</summary>
    public abstract void Append(ReadOnlySpan<byte> data);

    /// <summary>Sends what was appended; waits while the client reads too slowly.</summary>
    /// <exception cref="IOException">The client is gone.</exception>
    public abstract ValueTask FlushAsync();

    /// <summary>Runs a callback on the connection's loop, soon.</summary>
    public abstract void Post(Action callback);
}
