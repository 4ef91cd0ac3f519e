namespace Millrace;

/// <summary>Learns of every request when it has been answered (aiohttp: AbstractAccessLogger and AbstractAsyncAccessLogger).</summary>
public abstract class AbstractAccessLogger
{
    /// <summary>False lets requests pass without even a look at the clock; asked at the beginning of each. Default true.</summary>
    public virtual bool IsEnabled => true;

    /// <summary>
    /// A request was answered, or a client was refused. It runs on the connection's flow: the next request of that connection, and of no other, waits
    /// until the task completes. What it throws is logged, and changes nothing for the client.
    /// </summary>
    /// <param name="record">What is known. The request in it can be read until the task completes.</param>
    public abstract ValueTask LogAsync(AccessRecord record);

    /// <summary>The server has ended: completes when what is still held has been written. Default: nothing is held.</summary>
    public virtual ValueTask FlushAsync() => ValueTask.CompletedTask;

    /// <summary>A server begins that has these loggers, or none.</summary>
    internal virtual void Attach(Microsoft.Extensions.Logging.ILoggerFactory? loggers)
    {
    }
}
