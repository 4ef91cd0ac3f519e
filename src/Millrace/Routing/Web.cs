using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Millrace.Handling;

namespace Millrace;

/// <summary>
/// The words a program is written in: <c>using static Millrace.Web;</c> brings routes as <c>Get("/", handler)</c> and <c>RunApp(app)</c> (aiohttp: <c>web</c>).
/// </summary>
/// <remarks>
/// A handler takes a <see cref="Request"/> and returns a response: at once, or as a task. A path is literal segments and parameters, as <c>/hello/{name}</c>;
/// a name lets <see cref="Router.this[string]"/> find it again. File and line of the call are filled in by the compiler, for messages.
/// </remarks>
public static partial class Web
{
    /// <summary>A route for GET. A HEAD request to the path runs it too; its body is left away.</summary>
    /// <exception cref="ArgumentException">The path is no pattern, or the name no name.</exception>
    public static Route Get(string path, Func<Request, StreamResponse> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new("GET", path, Handlers.From(handler), name, file, line);

    /// <inheritdoc cref="Get(string, Func{Request, StreamResponse}, string?, string, int)"/>
    [OverloadResolutionPriority(1)]
    public static Route Get<T>(string path, Func<Request, Task<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        new("GET", path, Handlers.From(handler), name, file, line);

    /// <inheritdoc cref="Get(string, Func{Request, StreamResponse}, string?, string, int)"/>
    public static Route Get<T>(string path, Func<Request, ValueTask<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        new("GET", path, Handlers.From(handler), name, file, line);

    /// <summary>A route for POST.</summary>
    /// <exception cref="ArgumentException">The path is no pattern, or the name no name.</exception>
    public static Route Post(string path, Func<Request, StreamResponse> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new("POST", path, Handlers.From(handler), name, file, line);

    /// <inheritdoc cref="Post(string, Func{Request, StreamResponse}, string?, string, int)"/>
    [OverloadResolutionPriority(1)]
    public static Route Post<T>(string path, Func<Request, Task<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        new("POST", path, Handlers.From(handler), name, file, line);

    /// <inheritdoc cref="Post(string, Func{Request, StreamResponse}, string?, string, int)"/>
    public static Route Post<T>(string path, Func<Request, ValueTask<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        new("POST", path, Handlers.From(handler), name, file, line);

    /// <summary>A route for PUT.</summary>
    /// <exception cref="ArgumentException">The path is no pattern, or the name no name.</exception>
    public static Route Put(string path, Func<Request, StreamResponse> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new("PUT", path, Handlers.From(handler), name, file, line);

    /// <inheritdoc cref="Put(string, Func{Request, StreamResponse}, string?, string, int)"/>
    [OverloadResolutionPriority(1)]
    public static Route Put<T>(string path, Func<Request, Task<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        new("PUT", path, Handlers.From(handler), name, file, line);

    /// <inheritdoc cref="Put(string, Func{Request, StreamResponse}, string?, string, int)"/>
    public static Route Put<T>(string path, Func<Request, ValueTask<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        new("PUT", path, Handlers.From(handler), name, file, line);

    /// <summary>A route for PATCH.</summary>
    /// <exception cref="ArgumentException">The path is no pattern, or the name no name.</exception>
    public static Route Patch(string path, Func<Request, StreamResponse> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new("PATCH", path, Handlers.From(handler), name, file, line);

    /// <inheritdoc cref="Patch(string, Func{Request, StreamResponse}, string?, string, int)"/>
    [OverloadResolutionPriority(1)]
    public static Route Patch<T>(string path, Func<Request, Task<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        new("PATCH", path, Handlers.From(handler), name, file, line);

    /// <inheritdoc cref="Patch(string, Func{Request, StreamResponse}, string?, string, int)"/>
    public static Route Patch<T>(string path, Func<Request, ValueTask<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        new("PATCH", path, Handlers.From(handler), name, file, line);

    /// <summary>A route for DELETE.</summary>
    /// <exception cref="ArgumentException">The path is no pattern, or the name no name.</exception>
    public static Route Delete(string path, Func<Request, StreamResponse> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new("DELETE", path, Handlers.From(handler), name, file, line);

    /// <inheritdoc cref="Delete(string, Func{Request, StreamResponse}, string?, string, int)"/>
    [OverloadResolutionPriority(1)]
    public static Route Delete<T>(string path, Func<Request, Task<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        new("DELETE", path, Handlers.From(handler), name, file, line);

    /// <inheritdoc cref="Delete(string, Func{Request, StreamResponse}, string?, string, int)"/>
    public static Route Delete<T>(string path, Func<Request, ValueTask<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        new("DELETE", path, Handlers.From(handler), name, file, line);

    /// <summary>A route for HEAD.</summary>
    /// <exception cref="ArgumentException">The path is no pattern, or the name no name.</exception>
    public static Route Head(string path, Func<Request, StreamResponse> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new("HEAD", path, Handlers.From(handler), name, file, line);

    /// <inheritdoc cref="Head(string, Func{Request, StreamResponse}, string?, string, int)"/>
    [OverloadResolutionPriority(1)]
    public static Route Head<T>(string path, Func<Request, Task<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        new("HEAD", path, Handlers.From(handler), name, file, line);

    /// <inheritdoc cref="Head(string, Func{Request, StreamResponse}, string?, string, int)"/>
    public static Route Head<T>(string path, Func<Request, ValueTask<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        new("HEAD", path, Handlers.From(handler), name, file, line);

    /// <summary>A route for OPTIONS.</summary>
    /// <exception cref="ArgumentException">The path is no pattern, or the name no name.</exception>
    public static Route Options(string path, Func<Request, StreamResponse> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new("OPTIONS", path, Handlers.From(handler), name, file, line);

    /// <inheritdoc cref="Options(string, Func{Request, StreamResponse}, string?, string, int)"/>
    [OverloadResolutionPriority(1)]
    public static Route Options<T>(string path, Func<Request, Task<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        new("OPTIONS", path, Handlers.From(handler), name, file, line);

    /// <inheritdoc cref="Options(string, Func{Request, StreamResponse}, string?, string, int)"/>
    public static Route Options<T>(string path, Func<Request, ValueTask<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        new("OPTIONS", path, Handlers.From(handler), name, file, line);

    /// <summary>A route for any method, given by name; <c>*</c> stands for all that have no route of their own. As a path <c>*</c> stands for targets that have none: <c>OPTIONS *</c>, and CONNECT (see <see cref="UpgradeResponse"/>).</summary>
    /// <exception cref="ArgumentException">The method is no token, the path is no pattern, or the name no name.</exception>
    public static Route Route(string method, string path, Func<Request, StreamResponse> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(method, path, Handlers.From(handler), name, file, line);

    /// <inheritdoc cref="Route(string, string, Func{Request, StreamResponse}, string?, string, int)"/>
    [OverloadResolutionPriority(1)]
    public static Route Route<T>(string method, string path, Func<Request, Task<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        new(method, path, Handlers.From(handler), name, file, line);

    /// <inheritdoc cref="Route(string, string, Func{Request, StreamResponse}, string?, string, int)"/>
    public static Route Route<T>(string method, string path, Func<Request, ValueTask<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        new(method, path, Handlers.From(handler), name, file, line);

    /// <summary>A route for a class that answers each verb by a method of its own; see <see cref="Millrace.View"/>.</summary>
    /// <exception cref="ArgumentException">The path is no pattern, the name no name, or the view answers no verb.</exception>
    public static Route View<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods | DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T>(string path, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : View, new() =>
        new(Millrace.Route.AnyMethod, path, Millrace.View.HandlerOf<T>(), name, file, line);
}
