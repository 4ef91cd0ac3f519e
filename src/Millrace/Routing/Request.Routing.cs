using Millrace.Routing;

namespace Millrace;

public sealed partial class Request
{
    // Whose middlewares or receivers run; null where that is the application of the route.
    private Router? _layer;

    /// <summary>
    /// The application whose code asks (aiohttp: <c>request.app</c>): in a handler the one that its route was added to, in a middleware or a receiver of <see cref="Application.OnResponsePrepare"/>
    /// the one that it was added to, also when others are mounted in it.
    /// </summary>
    /// <exception cref="InvalidOperationException">No router saw the request: the server runs a handler without an application.</exception>
    public Application App => Layer?.Application
        ?? throw new InvalidOperationException("The request belongs to no application: it comes to a handler that a server runs without one.");

    /// <summary>
    /// Why no handler gets the request: 404, 405 or 501 of the router, or what is wrong with bytes that could not be read as a request (aiohttp: <c>match_info.http_exception</c>,
    /// <c>pre_handler_error</c>). It is answered if no middleware does otherwise. Null where a route was found.
    /// </summary>
    public HttpException? Refusal => Destination?.Refusal;

    /// <summary>The route that was found; null where none was (<see cref="Refusal"/> says why).</summary>
    public Route? Route => (Destination as RouteEndpoint)?.Route;

    /// <summary>From here on <see cref="App"/> is that of the router.</summary>
    /// <returns>Where it was before.</returns>
    internal Router? EnterLayer(Router? router)
    {
        var before = _layer;
        _layer = router;
        return before;
    }

    private Router? Layer => _layer ?? (Destination as Endpoint)?.Router;

    private partial void StayInLayer(Request original) => _layer = original.Layer;
}
