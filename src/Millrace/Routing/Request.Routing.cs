using Millrace.Routing;

namespace Millrace;

public sealed partial class Request
{
    /// <summary>The application that the request belongs to: of mounted ones the innermost that its path or host led into (aiohttp: <c>request.app</c>).</summary>
    /// <exception cref="InvalidOperationException">No router saw the request: the server runs a handler without an application.</exception>
    public Application App => (Destination as Endpoint)?.Router.Application
        ?? throw new InvalidOperationException("The request belongs to no application: it comes to a handler that a server runs without one, or is a clone that was not passed on yet.");

    /// <summary>The route that was found; null where none was (<see cref="Refusal"/> says why).</summary>
    public Route? Route => (Destination as RouteEndpoint)?.Route;
}
