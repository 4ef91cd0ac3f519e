namespace Millrace.Messages;

/// <summary>A response whose body comes from somewhere while it is sent: a stream, a sequence, parts. What it comes from is let go on every path, also where nothing was sent.</summary>
/// <param name="write">Writes the body; the token is cancelled when the client goes.</param>
/// <param name="release">Lets go of what the body comes from.</param>
/// <param name="status">The status.</param>
internal sealed class SourceResponse(Func<ResponseWriter, CancellationToken, ValueTask> write, Func<ValueTask>? release, int status) : StreamResponse(status)
{
    private Func<ValueTask>? _release = release;
    private Request? _request;

    internal override ValueTask ReleaseAsync() => Interlocked.Exchange(ref _release, null) is { } letGo ? letGo() : ValueTask.CompletedTask;

    private protected override void BeforeHead(Request request)
    {
        _request = request;
        base.BeforeHead(request);
    }

    private protected override async ValueTask EndAsync(ResponseWriter writer, ResponseHeaders? trailers, CancellationToken cancellationToken)
    {
        // For HEAD nothing is read, be it ever so long.
        if (writer.HasBody)
            await write(writer, cancellationToken.CanBeCanceled ? cancellationToken : _request!.Aborted).ConfigureAwait(false);
        await writer.EndAsync(trailers, cancellationToken).ConfigureAwait(false);
    }
}
