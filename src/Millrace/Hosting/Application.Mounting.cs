namespace Millrace;

public sealed partial class Application
{
    /// <summary>
    /// Mounts an application: what begins with the prefix, by whole segments, is its own, with its middlewares inside those of this one (aiohttp: add_subapp). It lives and ends
    /// with this one. Routes may still be added to it until the start.
    /// </summary>
    /// <param name="prefix">A path, which may have parameters, as <c>/api</c> or <c>/{tenant}/api</c>; <c>/</c> mounts at the root. A slash at its end does not count.</param>
    /// <param name="app">An application that has not run and is mounted nowhere.</param>
    /// <returns><paramref name="app"/>.</returns>
    /// <exception cref="ArgumentException">The prefix is no path.</exception>
    /// <exception cref="InvalidOperationException">One of the two has started, the other is mounted already, or two routes match the same requests.</exception>
    public Application AddSubApplication(string prefix, Application app)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentNullException.ThrowIfNull(app);
        CheckAdoption(app);
        Router.Mount(prefix, app.Router);
        Adopt(app);
        return app;
    }

    /// <summary>Mounts an application for requests to a host (aiohttp: add_domain). Domains are looked at before this application's own routes, in the order they were added.</summary>
    /// <param name="mask">A host, as <c>example.com</c>, or a mask, as <c>*.example.com</c>; letter case does not count. With a port it is for that port alone.</param>
    /// <param name="app">An application that has not run and is mounted nowhere.</param>
    /// <returns><paramref name="app"/>.</returns>
    /// <exception cref="ArgumentException">The mask is no host.</exception>
    /// <exception cref="InvalidOperationException">One of the two has started, the other is mounted already, or this one is mounted below a path.</exception>
    public Application AddDomain(string mask, Application app)
    {
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(app);
        CheckAdoption(app);
        Router.AddDomain(mask, app.Router);
        Adopt(app);
        return app;
    }
}
