using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Millrace.Messages;

namespace Millrace;

/// <summary>
/// A stream of events that a web page listens to with EventSource (server-sent events; the HTML standard's section 9.2). <see cref="StreamResponse.PrepareAsync"/> opens it,
/// the handler sends, and the end comes when it returns it.
/// </summary>
/// <example>
/// <code>
/// var events = new EventStreamResponse();
/// await events.PrepareAsync(request);
/// for (int i = 0; !request.Aborted.IsCancellationRequested; i++)
/// {
///     await events.SendAsync($"tick {i}", id: $"{i}");
///     await Task.Delay(1000, request.Aborted);
/// }
/// return events;
/// </code>
/// </example>
/// <remarks>
/// Any number of tasks may send. An event is on the wire when it was sent and its task then waits for anything; a client that reads too slowly makes
/// <see cref="SendAsync(string, string, string, TimeSpan?, CancellationToken)"/> wait. A client that is gone cancels <see cref="Request.Aborted"/> and makes sends throw <see cref="IOException"/>.
/// </remarks>
public sealed class EventStreamResponse : StreamResponse
{
    // Beyond this what was sent goes out at once.
    private const int PendingBytesMax = 16 * 1024;
    private const int StackBytesMax = 1024;

    private readonly SendTurns _turns = new();
    private ResponseWriter? _stream;
    private ITimer? _keepAlive;
    private Action? _flush;
    private int _flushPosted;
    private bool _hasSent;

    /// <summary>Makes a response of type text/event-stream that no cache keeps.</summary>
    public EventStreamResponse()
    {
        ContentType = "text/event-stream";
        Headers["Cache-Control"] = "no-cache";
    }

    /// <summary>
    /// How often a comment is sent while there are no events, so that proxies do not take the stream for dead and a client that is gone is noticed; default 15 s;
    /// <see cref="Timeout.InfiniteTimeSpan"/> sends none.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero or less.</exception>
    public TimeSpan KeepAlive { get; init => field = TimeLimits.Positive(value); } = TimeSpan.FromSeconds(15);

    /// <summary>The id of the last event that the client has seen, which it sends when it connects again; null if it has seen none.</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public static string? LastEventId(Request request)
    {
        ArgumentNullException.ThrowIfNull(request);
        // The field is UTF-8, which header fields are not.
        return request.Headers["Last-Event-ID"] is { } id ? Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(id)) : null;
    }

    /// <summary>Sends an event.</summary>
    /// <param name="data">What it says; each line of it becomes a line of data.</param>
    /// <param name="type">The type that the page listens to; null for a message.</param>
    /// <param name="id">Comes back as <see cref="LastEventId"/> when the client connects again; null sends none.</param>
    /// <param name="retry">After how long the client connects again when the connection has ended; null sends none.</param>
    /// <param name="cancellationToken">Ends the wait for earlier sends.</param>
    /// <exception cref="ArgumentException">The type or the id has a line break, or the id a NUL.</exception>
    /// <exception cref="InvalidOperationException">The head was not sent, or the response is at its end.</exception>
    /// <exception cref="IOException">The client is gone.</exception>
    public ValueTask SendAsync(string data, string? type = null, string? id = null, TimeSpan? retry = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        CheckLine(type, nameof(type));
        CheckLine(id, nameof(id));
        if (id is not null && id.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("An id must not have a NUL: clients ignore it.", nameof(id));
        return SendAsync(new EventText(data, type, id, retry), cancellationToken);
    }

    /// <summary>Sends an event whose data is a value as JSON, by source-generated metadata.</summary>
    /// <inheritdoc cref="SendAsync(string, string, string, TimeSpan?, CancellationToken)"/>
    public ValueTask SendJsonAsync<T>(T value, JsonTypeInfo<T> typeInfo, string? type = null, string? id = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        return SendAsync(JsonSerializer.Serialize(value, typeInfo), type, id, cancellationToken: cancellationToken);
    }

    /// <summary>Sends a comment, which pages do not see.</summary>
    /// <exception cref="ArgumentException">The comment has a line break.</exception>
    /// <exception cref="InvalidOperationException">The head was not sent, or the response is at its end.</exception>
    /// <exception cref="IOException">The client is gone.</exception>
    public ValueTask SendCommentAsync(string comment, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(comment);
        CheckLine(comment, nameof(comment));
        return SendAsync(EventText.Comment(comment), cancellationToken);
    }

    private protected override async ValueTask StartAsync(Request request)
    {
        await base.StartAsync(request).ConfigureAwait(false);
        if (_stream is not null)
            return;
        _stream = Writer;
        if (KeepAlive != Timeout.InfiniteTimeSpan)
            _keepAlive = request.Exchange.TimeProvider.CreateTimer(static events => _ = ((EventStreamResponse)events!).KeepAliveAsync(), this, KeepAlive, KeepAlive);
    }

    private protected override async ValueTask EndAsync(ResponseWriter writer, ResponseHeaders? trailers, CancellationToken cancellationToken)
    {
        // The turn is kept: nothing is sent behind the end.
        await _turns.EnterAsync(cancellationToken).ConfigureAwait(false);
        await writer.EndAsync(trailers, cancellationToken).ConfigureAwait(false);
    }

    internal override async ValueTask ReleaseAsync()
    {
        if (_keepAlive is not null)
            await _keepAlive.DisposeAsync().ConfigureAwait(false);
        await base.ReleaseAsync().ConfigureAwait(false);
    }

    private ValueTask SendAsync(in EventText text, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_stream is null)
            throw new InvalidOperationException("The head comes first: call PrepareAsync(request) before SendAsync.");
        return _turns.TryEnter() ? SendInTurn(_stream, text) : SendLaterAsync(_stream, text, cancellationToken);
    }

    private async ValueTask SendLaterAsync(ResponseWriter stream, EventText text, CancellationToken cancellationToken)
    {
        await _turns.EnterAsync(cancellationToken).ConfigureAwait(false);
        await SendInTurn(stream, text).ConfigureAwait(false);
    }

    private ValueTask SendInTurn(ResponseWriter stream, in EventText text)
    {
        try
        {
            Append(stream, text);
        }
        catch
        {
            _turns.Leave();
            throw;
        }
        _hasSent = true;
        if (stream.Pending > PendingBytesMax)
            return FlushInTurnAsync(stream);
        // In this order: whoever finds the turn taken when the flush comes will ask for another.
        _turns.Leave();
        FlushLater(stream);
        return ValueTask.CompletedTask;
    }

    private static void Append(ResponseWriter stream, in EventText text)
    {
        int max = text.BytesMax;
        byte[]? rented = max > StackBytesMax ? ArrayPool<byte>.Shared.Rent(max) : null;
        Span<byte> bytes = rented ?? stackalloc byte[StackBytesMax];
        stream.Append(bytes[..text.Write(bytes)]);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
    }

    private async ValueTask FlushInTurnAsync(ResponseWriter stream)
    {
        try
        {
            await stream.FlushAsync().ConfigureAwait(false);
        }
        finally
        {
            _turns.Leave();
        }
    }

    /// <summary>Events that are sent without a wait in between leave together, when the callback that sends them is over.</summary>
    private void FlushLater(ResponseWriter stream)
    {
        if (Interlocked.Exchange(ref _flushPosted, 1) == 0)
            stream.Post(_flush ??= () => _ = OnFlushPostedAsync(stream));
    }

    private async Task OnFlushPostedAsync(ResponseWriter stream)
    {
        Volatile.Write(ref _flushPosted, 0);
        // Whoever has the turn asks for another flush when they leave; at the end the turn is kept.
        if (!_turns.TryEnter())
            return;
        try
        {
            await FlushInTurnAsync(stream).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // The next send says it to the handler; or the handler has failed, and the stream with it.
        }
    }

    private async Task KeepAliveAsync()
    {
        if (Interlocked.Exchange(ref _hasSent, false) || _stream is not { } stream || !_turns.TryEnter())
            return;
        try
        {
            Append(stream, EventText.Comment(""));
            await FlushInTurnAsync(stream).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // The client is gone, or the stream at its end: the handler learns of it from its token and its own sends.
            _keepAlive?.Dispose();
        }
    }

    private static void CheckLine(string? text, string name)
    {
        if (text is not null && text.AsSpan().ContainsAny('\r', '\n'))
            throw new ArgumentException("A line break would end the field: leave it away.", name);
    }
}
