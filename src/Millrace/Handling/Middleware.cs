namespace Millrace;

/// <summary>
/// Stands around handlers (aiohttp: middleware): answers by itself, or calls <paramref name="next"/> and may change what goes in and what comes out. A handler's
/// <see cref="HttpException"/> comes out as an exception, a refusal of the router (<see cref="Request.Refusal"/>) as a response.
/// </summary>
/// <param name="request">The request; its match and route are known.</param>
/// <param name="next">The next middleware, in the end the handler. It may be called with a clone, or several times.</param>
public delegate ValueTask<StreamResponse> Middleware(Request request, Handler next);
