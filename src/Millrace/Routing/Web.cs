using System.Runtime.CompilerServices;
using Millrace.Handling;

namespace Millrace;

/// <summary>
/// The words a program is written in: <c>using static Millrace.Web;</c> brings routes as <c>Get("/", handler)</c> and <c>RunApp(app)</c> (aiohttp: <c>web</c>).
/// </summary>
/// <remarks>
/// A handler takes a <see cref="Request"/> and returns a response: at once, or as a task. A path is literal segments and parameters, as <c>/hello/{name}</c>.
/// </remarks>
public static partial class Web
{
    /// <summary>A route for GET. A HEAD request to the path runs it too; its body is left away.</summary>
    /// <exception cref="ArgumentException">The path is no pattern.</exception>
    public static Route Get(string path, Func<Request, StreamResponse> handler) => new("GET", path, Handlers.From(handler));

    /// <inheritdoc cref="Get(string, Func{Request, StreamResponse})"/>
    [OverloadResolutionPriority(1)]
    public static Route Get<T>(string path, Func<Request, Task<T>> handler) where T : StreamResponse => new("GET", path, Handlers.From(handler));

    /// <inheritdoc cref="Get(string, Func{Request, StreamResponse})"/>
    public static Route Get<T>(string path, Func<Request, ValueTask<T>> handler) where T : StreamResponse => new("GET", path, Handlers.From(handler));

    /// <summary>A route for POST.</summary>
    /// <exception cref="ArgumentException">The path is no pattern.</exception>
    public static Route Post(string path, Func<Request, StreamResponse> handler) => new("POST", path, Handlers.From(handler));

    /// <inheritdoc cref="Post(string, Func{Request, StreamResponse})"/>
    [OverloadResolutionPriority(1)]
    public static Route Post<T>(string path, Func<Request, Task<T>> handler) where T : StreamResponse => new("POST", path, Handlers.From(handler));

    /// <inheritdoc cref="Post(string, Func{Request, StreamResponse})"/>
    public static Route Post<T>(string path, Func<Request, ValueTask<T>> handler) where T : StreamResponse => new("POST", path, Handlers.From(handler));

    /// <summary>A route for PUT.</summary>
    /// <exception cref="ArgumentException">The path is no pattern.</exception>
    public static Route Put(string path, Func<Request, StreamResponse> handler) => new("PUT", path, Handlers.From(handler));

    /// <inheritdoc cref="Put(string, Func{Request, StreamResponse})"/>
    [OverloadResolutionPriority(1)]
    public static Route Put<T>(string path, Func<Request, Task<T>> handler) where T : StreamResponse => new("PUT", path, Handlers.From(handler));

    /// <inheritdoc cref="Put(string, Func{Request, StreamResponse})"/>
    public static Route Put<T>(string path, Func<Request, ValueTask<T>> handler) where T : StreamResponse => new("PUT", path, Handlers.From(handler));

    /// <summary>A route for PATCH.</summary>
    /// <exception cref="ArgumentException">The path is no pattern.</exception>
    public static Route Patch(string path, Func<Request, StreamResponse> handler) => new("PATCH", path, Handlers.From(handler));

    /// <inheritdoc cref="Patch(string, Func{Request, StreamResponse})"/>
    [OverloadResolutionPriority(1)]
    public static Route Patch<T>(string path, Func<Request, Task<T>> handler) where T : StreamResponse => new("PATCH", path, Handlers.From(handler));

    /// <inheritdoc cref="Patch(string, Func{Request, StreamResponse})"/>
    public static Route Patch<T>(string path, Func<Request, ValueTask<T>> handler) where T : StreamResponse => new("PATCH", path, Handlers.From(handler));

    /// <summary>A route for DELETE.</summary>
    /// <exception cref="ArgumentException">The path is no pattern.</exception>
    public static Route Delete(string path, Func<Request, StreamResponse> handler) => new("DELETE", path, Handlers.From(handler));

    /// <inheritdoc cref="Delete(string, Func{Request, StreamResponse})"/>
    [OverloadResolutionPriority(1)]
    public static Route Delete<T>(string path, Func<Request, Task<T>> handler) where T : StreamResponse => new("DELETE", path, Handlers.From(handler));

    /// <inheritdoc cref="Delete(string, Func{Request, StreamResponse})"/>
    public static Route Delete<T>(string path, Func<Request, ValueTask<T>> handler) where T : StreamResponse => new("DELETE", path, Handlers.From(handler));

    /// <summary>A route for HEAD.</summary>
    /// <exception cref="ArgumentException">The path is no pattern.</exception>
    public static Route Head(string path, Func<Request, StreamResponse> handler) => new("HEAD", path, Handlers.From(handler));

    /// <inheritdoc cref="Head(string, Func{Request, StreamResponse})"/>
    [OverloadResolutionPriority(1)]
    public static Route Head<T>(string path, Func<Request, Task<T>> handler) where T : StreamResponse => new("HEAD", path, Handlers.From(handler));

    /// <inheritdoc cref="Head(string, Func{Request, StreamResponse})"/>
    public static Route Head<T>(string path, Func<Request, ValueTask<T>> handler) where T : StreamResponse => new("HEAD", path, Handlers.From(handler));

    /// <summary>A route for OPTIONS.</summary>
    /// <exception cref="ArgumentException">The path is no pattern.</exception>
    public static Route Options(string path, Func<Request, StreamResponse> handler) => new("OPTIONS", path, Handlers.From(handler));

    /// <inheritdoc cref="Options(string, Func{Request, StreamResponse})"/>
    [OverloadResolutionPriority(1)]
    public static Route Options<T>(string path, Func<Request, Task<T>> handler) where T : StreamResponse => new("OPTIONS", path, Handlers.From(handler));

    /// <inheritdoc cref="Options(string, Func{Request, StreamResponse})"/>
    public static Route Options<T>(string path, Func<Request, ValueTask<T>> handler) where T : StreamResponse => new("OPTIONS", path, Handlers.From(handler));

    /// <summary>A route for any method, given by name; <c>*</c> stands for all that have no route of their own. As a path <c>*</c> stands for targets that have none: <c>OPTIONS *</c>, and CONNECT (see <see cref="UpgradeResponse"/>).</summary>
    /// <exception cref="ArgumentException">The method is no token, or the path is no pattern.</exception>
    public static Route Route(string method, string path, Func<Request, StreamResponse> handler) => new(method, path, Handlers.From(handler));

    /// <inheritdoc cref="Route(string, string, Func{Request, StreamResponse})"/>
    [OverloadResolutionPriority(1)]
    public static Route Route<T>(string method, string path, Func<Request, Task<T>> handler) where T : StreamResponse => new(method, path, Handlers.From(handler));

    /// <inheritdoc cref="Route(string, string, Func{Request, StreamResponse})"/>
    public static Route Route<T>(string method, string path, Func<Request, ValueTask<T>> handler) where T : StreamResponse => new(method, path, Handlers.From(handler));
}
