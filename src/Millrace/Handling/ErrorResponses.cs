namespace Millrace.Handling;

/// <summary>Which response an exception of a handler becomes (aiohttp: <c>RequestHandler.handle_error</c>).</summary>
internal static class ErrorResponses
{
    public static Response For(Exception exception) => exception switch
    {
        HttpException http => http.ToResponse(),
        TimeoutException => Response.Text(HttpException.DefaultText(504), 504),
        // What went wrong is the log's to say, not the client's to read.
        _ => Response.Text("500 Internal Server Error\n\nServer got itself in trouble", 500),
    };

    /// <summary>True if the exception is a fault of the handler's and not an answer it gave by throwing.</summary>
    public static bool IsOurFault(Exception exception) => exception is not (HttpException or TimeoutException);
}
