namespace Millrace;

public sealed partial class Route
{
    private readonly List<object> _metadata = [];

    private readonly List<Middleware> _middlewares = [];

    private bool _frozen;

    internal long? BodyBytesMax { get; private set; }

    internal bool AllowsHead { get; private set; } = true;

    internal IReadOnlyList<Middleware> Middlewares => _middlewares;

    /// <summary>What was said about this route with <see cref="WithMetadata"/>, for middlewares that ask <c>request.Route</c>.</summary>
    public IReadOnlyList<object> Metadata => _metadata;

    /// <summary>Sets how many bytes of a body requests of this route may collect, in place of <see cref="ServerOptions.BodyBytesMax"/>.</summary>
    /// <param name="bytesMax">0 takes no body at all; <see cref="long.MaxValue"/> sets no limit but that of an array, about 2 GB, for what is collected.</param>
    /// <returns>This route: <c>Post("/avatar", Save).LimitBody(5_000_000)</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytesMax"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">An application of the route has started.</exception>
    public Route LimitBody(long bytesMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytesMax);
        ThrowIfFrozen();
        BodyBytesMax = bytesMax;
        return this;
    }

    /// <summary>A route for GET that does not answer HEAD: that is 405 then, or another route's (aiohttp: <c>allow_head=False</c>).</summary>
    /// <returns>This route.</returns>
    /// <exception cref="InvalidOperationException">An application of the route has started.</exception>
    public Route WithoutHead()
    {
        ThrowIfFrozen();
        AllowsHead = false;
        return this;
    }

    /// <summary>Puts a middleware around the handler of this route, inside those of the application and those that were put here before.</summary>
    /// <returns>This route: <c>Get("/admin", Admin).Use(RequireLogin)</c>.</returns>
    /// <exception cref="InvalidOperationException">An application of the route has started.</exception>
    public Route Use(Middleware middleware)
    {
        ArgumentNullException.ThrowIfNull(middleware);
        ThrowIfFrozen();
        _middlewares.Add(middleware);
        return this;
    }

    /// <summary>Says something about the route that a middleware can find: <c>Get("/", Home).WithMetadata(new Requires("admin"))</c>.</summary>
    /// <returns>This route.</returns>
    /// <exception cref="InvalidOperationException">An application of the route has started.</exception>
    public Route WithMetadata(object metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ThrowIfFrozen();
        _metadata.Add(metadata);
        return this;
    }

    /// <summary>The last metadata of a type; null if the route has none.</summary>
    public T? FindMetadata<T>() where T : class => _metadata.OfType<T>().LastOrDefault();

    /// <summary>An application of the route has started: requests read what it says without a lock.</summary>
    internal void Freeze() => _frozen = true;

    private void ThrowIfFrozen()
    {
        if (_frozen)
            throw new InvalidOperationException($"An option of the route {this}{Place} comes too late: set it before the application starts.");
    }
}
