namespace Millrace;

/// <summary>Routes and what they share; run it with <see cref="Web.RunApp(Application, RunOptions)"/> (aiohttp: Application).</summary>
public sealed partial class Application
{
    /// <summary>Makes an application without routes: <c>new Application { Middlewares = { Web.NormalizePath() } }</c>.</summary>
    public Application()
    {
        Router = new Router(this);
    }

    /// <summary>The routes of this application.</summary>
    public Router Router { get; }

    /// <summary>Adds routes: <c>app.AddRoutes([Get("/", Hello), Post("/items", Create)])</c>.</summary>
    /// <exception cref="InvalidOperationException">The application has started, or two routes match the same requests.</exception>
    public void AddRoutes(params IEnumerable<Route> routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        foreach (var route in routes)
            Router.Add(route);
    }

    /// <summary>What answers bytes that could not be read as a request; null if nobody would see it.</summary>
    internal Func<Request, HttpException, ValueTask<StreamResponse>>? Refuser =>
        Middlewares.Count > 0 || OnResponsePrepare.Receivers.Count > 0 ? Router.RefuseAsync : null;

    /// <summary>From here on the application cannot be changed; the handler of all its requests.</summary>
    internal Handler Freeze()
    {
        FreezeSignals();
        Router.Freeze();
        return Router.HandleAsync;
    }
}
