using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Millrace;

public sealed partial class RouteTable
{
    /// <inheritdoc cref="Web.Get(string, Func{Request, StreamResponse}, string?, string, int)"/>
    public Route Get(string path, Func<Request, StreamResponse> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Add(Web.Get(path, handler, name, file, line));

    /// <inheritdoc cref="Web.Get(string, Func{Request, StreamResponse}, string?, string, int)"/>
    [OverloadResolutionPriority(1)]
    public Route Get<T>(string path, Func<Request, Task<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        Add(Web.Get(path, handler, name, file, line));

    /// <inheritdoc cref="Web.Get(string, Func{Request, StreamResponse}, string?, string, int)"/>
    public Route Get<T>(string path, Func<Request, ValueTask<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        Add(Web.Get(path, handler, name, file, line));

    /// <inheritdoc cref="Web.Post(string, Func{Request, StreamResponse}, string?, string, int)"/>
    public Route Post(string path, Func<Request, StreamResponse> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Add(Web.Post(path, handler, name, file, line));

    /// <inheritdoc cref="Web.Post(string, Func{Request, StreamResponse}, string?, string, int)"/>
    [OverloadResolutionPriority(1)]
    public Route Post<T>(string path, Func<Request, Task<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        Add(Web.Post(path, handler, name, file, line));

    /// <inheritdoc cref="Web.Post(string, Func{Request, StreamResponse}, string?, string, int)"/>
    public Route Post<T>(string path, Func<Request, ValueTask<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        Add(Web.Post(path, handler, name, file, line));

    /// <inheritdoc cref="Web.Put(string, Func{Request, StreamResponse}, string?, string, int)"/>
    public Route Put(string path, Func<Request, StreamResponse> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Add(Web.Put(path, handler, name, file, line));

    /// <inheritdoc cref="Web.Put(string, Func{Request, StreamResponse}, string?, string, int)"/>
    [OverloadResolutionPriority(1)]
    public Route Put<T>(string path, Func<Request, Task<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        Add(Web.Put(path, handler, name, file, line));

    /// <inheritdoc cref="Web.Put(string, Func{Request, StreamResponse}, string?, string, int)"/>
    public Route Put<T>(string path, Func<Request, ValueTask<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        Add(Web.Put(path, handler, name, file, line));

    /// <inheritdoc cref="Web.Patch(string, Func{Request, StreamResponse}, string?, string, int)"/>
    public Route Patch(string path, Func<Request, StreamResponse> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Add(Web.Patch(path, handler, name, file, line));

    /// <inheritdoc cref="Web.Patch(string, Func{Request, StreamResponse}, string?, string, int)"/>
    [OverloadResolutionPriority(1)]
    public Route Patch<T>(string path, Func<Request, Task<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        Add(Web.Patch(path, handler, name, file, line));

    /// <inheritdoc cref="Web.Patch(string, Func{Request, StreamResponse}, string?, string, int)"/>
    public Route Patch<T>(string path, Func<Request, ValueTask<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        Add(Web.Patch(path, handler, name, file, line));

    /// <inheritdoc cref="Web.Delete(string, Func{Request, StreamResponse}, string?, string, int)"/>
    public Route Delete(string path, Func<Request, StreamResponse> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Add(Web.Delete(path, handler, name, file, line));

    /// <inheritdoc cref="Web.Delete(string, Func{Request, StreamResponse}, string?, string, int)"/>
    [OverloadResolutionPriority(1)]
    public Route Delete<T>(string path, Func<Request, Task<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        Add(Web.Delete(path, handler, name, file, line));

    /// <inheritdoc cref="Web.Delete(string, Func{Request, StreamResponse}, string?, string, int)"/>
    public Route Delete<T>(string path, Func<Request, ValueTask<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        Add(Web.Delete(path, handler, name, file, line));

    /// <inheritdoc cref="Web.Head(string, Func{Request, StreamResponse}, string?, string, int)"/>
    public Route Head(string path, Func<Request, StreamResponse> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Add(Web.Head(path, handler, name, file, line));

    /// <inheritdoc cref="Web.Head(string, Func{Request, StreamResponse}, string?, string, int)"/>
    [OverloadResolutionPriority(1)]
    public Route Head<T>(string path, Func<Request, Task<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        Add(Web.Head(path, handler, name, file, line));

    /// <inheritdoc cref="Web.Head(string, Func{Request, StreamResponse}, string?, string, int)"/>
    public Route Head<T>(string path, Func<Request, ValueTask<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        Add(Web.Head(path, handler, name, file, line));

    /// <inheritdoc cref="Web.Options(string, Func{Request, StreamResponse}, string?, string, int)"/>
    public Route Options(string path, Func<Request, StreamResponse> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Add(Web.Options(path, handler, name, file, line));

    /// <inheritdoc cref="Web.Options(string, Func{Request, StreamResponse}, string?, string, int)"/>
    [OverloadResolutionPriority(1)]
    public Route Options<T>(string path, Func<Request, Task<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        Add(Web.Options(path, handler, name, file, line));

    /// <inheritdoc cref="Web.Options(string, Func{Request, StreamResponse}, string?, string, int)"/>
    public Route Options<T>(string path, Func<Request, ValueTask<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        Add(Web.Options(path, handler, name, file, line));

    /// <inheritdoc cref="Web.Route(string, string, Func{Request, StreamResponse}, string?, string, int)"/>
    public Route Route(string method, string path, Func<Request, StreamResponse> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Add(Web.Route(method, path, handler, name, file, line));

    /// <inheritdoc cref="Web.Route(string, string, Func{Request, StreamResponse}, string?, string, int)"/>
    [OverloadResolutionPriority(1)]
    public Route Route<T>(string method, string path, Func<Request, Task<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        Add(Web.Route(method, path, handler, name, file, line));

    /// <inheritdoc cref="Web.Route(string, string, Func{Request, StreamResponse}, string?, string, int)"/>
    public Route Route<T>(string method, string path, Func<Request, ValueTask<T>> handler, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : StreamResponse =>
        Add(Web.Route(method, path, handler, name, file, line));

    /// <inheritdoc cref="Web.View{T}(string, string?, string, int)"/>
    public Route View<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods | DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T>(string path, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where T : View, new() =>
        Add(Web.View<T>(path, name, file, line));
}
