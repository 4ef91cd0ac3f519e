namespace Millrace.Handling;

/// <summary>Which response an exception of a handler becomes (aiohttp: <c>RequestHandler.handle_error</c>).</summary>
internal static class ErrorResponses
{
    public static Response For(Exception exception) => exception switch
    {
        HttpException http => http.ToResponse(),
        GracefulExit => Response.Text(HttpException.DefaultText(503), 503),
        TimeoutException => Response.Text(HttpException.DefaultText(504), 504),
        // What went wrong is the log's to say, not the client's to read.
        _ => Response.Text("500 Internal Server Error\n\nServer got itself in trouble", 500),
    };

    /// <summary>For a client that ended in the middle of its body: it may have closed its own side only, and still read (RFC 9112 section 8).</summary>
    public static Response ForCutOffBody()
    {
        var response = Response.Text(HttpException.DefaultText(400), 400);
        response.ForceClose();
        return response;
    }

    /// <summary>What a handler returned, unless it is no answer to its request.</summary>
    /// <param name="response">What it returned.</param>
    /// <param name="begun">The response that it began itself, if it did.</param>
    /// <exception cref="InvalidOperationException">It is none, or its head was sent for another request.</exception>
    public static StreamResponse Checked(StreamResponse? response, StreamResponse? begun) =>
        response is null ? throw new InvalidOperationException("The handler returned null: a handler returns a response.")
        : response.IsPrepared && response != begun ? throw new InvalidOperationException("The handler returned a response that answered another request: make a new one for each.")
        : response is WebSocketResponse { IsOpen: false } ? throw new InvalidOperationException("The handler returned a WebSocketResponse that nobody opened: await PrepareAsync(request) before.")
        : response is UpgradeResponse { IsAccepted: false } ? throw new InvalidOperationException("The handler returned an UpgradeResponse that nobody accepted: await AcceptAsync(request) before.")
        : response;

    /// <summary>True if the exception is a fault of the handler's and not an answer it gave by throwing.</summary>
    public static bool IsOurFault(Exception exception) => exception is not (HttpException or TimeoutException or GracefulExit);
}
