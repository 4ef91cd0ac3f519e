using Millrace.Routing;

namespace Millrace;

public sealed partial class Request
{
    /// <summary>The application that the request belongs to: of mounted ones the innermost that its path or host led into (aiohttp: <c>request.app</c>).</summary>
    /// <exception cref="InvalidOperationException">No router saw the request: the server runs a handler without an application.</exception>
    public Application App => (Destination as Endpoint)?.Router.Application
        ?? throw new InvalidOperationException("The request belongs to no application: it comes to a handler that a server runs without one, or is a clone that was not passed on yet.");

    /// <summary>
    /// Why no handler gets the request: 404, 405 or 501 of the router, or what is wrong with bytes that could not be read as a request (aiohttp: <c>match_info.http_exception</c>,
    /// <c>pre_handler_error</c>). It is answered if no middleware does otherwise. Null where a route was found.
    /// </summary>
    public HttpException? Refusal => Destination?.Refusal;

    /// <summary>The route that was found; null where none was (<see cref="Refusal"/> says why).</summary>
    public Route? Route => (Destination as RouteEndpoint)?.Route;
}
