using System.Net;

namespace Millrace.Handling;

/// <summary>Which response an exception of a handler becomes (aiohttp: <c>RequestHandler.handle_error</c>).</summary>
internal static class ErrorResponses
{
    private const string Apology = "Server got itself in trouble";

    public static Response For(Exception exception, Request request) => exception switch
    {
        HttpException http => http.ToResponse(),
        GracefulExit => Response.Text(HttpException.DefaultText(503), 503),
        TimeoutException => Response.Text(HttpException.DefaultText(504), 504),
        _ => Failure(exception, request),
    };

    /// <summary>For a client that ended in the middle of its body: it may have closed its own side only, and still read (RFC 9112 section 8).</summary>
    public static Response ForCutOffBody()
    {
        var response = Response.Text(HttpException.DefaultText(400), 400);
        response.ForceClose();
        return response;
    }

    // What went wrong is the log's to say, not the client's to read, unless the application is being written just now.
    private static Response Failure(Exception exception, Request request)
    {
        string? told = request.Answering is { TellsErrors: true } ? exception.ToString() : null;
        if (request.Headers["Accept"]?.Contains("text/html", StringComparison.OrdinalIgnoreCase) != true)
            return Response.Text($"500 Internal Server Error\n\n{Apology}{(told is null ? "" : "\n\n" + told)}", 500);
        string detail = told is null ? "" : $"<pre>{WebUtility.HtmlEncode(told)}</pre>";
        return Response.Text(
            $"<!DOCTYPE html><html><head><title>500 Internal Server Error</title></head><body><h1>500 Internal Server Error</h1><p>{Apology}</p>{detail}</body></html>",
            500, "text/html; charset=utf-8");
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
