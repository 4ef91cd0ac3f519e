using System.Diagnostics.CodeAnalysis;

namespace Millrace;

/// <summary>
/// A path as a class with a method for each verb (aiohttp: View): <c>View&lt;ItemView&gt;("/items/{id}")</c>. An instance is made for each request.
/// A verb whose method is not overridden is 405 with Allow; HEAD runs <see cref="GetAsync"/> unless <see cref="HeadAsync"/> is overridden.
/// </summary>
public abstract class View
{
    private Request? _request;

    /// <summary>The request to answer.</summary>
    /// <exception cref="InvalidOperationException">Asked in the constructor.</exception>
    protected Request Request => _request ?? throw new InvalidOperationException("A view knows its request when a verb's method is called, not in its constructor.");

    /// <summary>Answers GET.</summary>
    public virtual ValueTask<StreamResponse> GetAsync() => throw NotThere();

    /// <summary>Answers HEAD.</summary>
    public virtual ValueTask<StreamResponse> HeadAsync() => throw NotThere();

    /// <summary>Answers POST.</summary>
    public virtual ValueTask<StreamResponse> PostAsync() => throw NotThere();

    /// <summary>Answers PUT.</summary>
    public virtual ValueTask<StreamResponse> PutAsync() => throw NotThere();

    /// <summary>Answers PATCH.</summary>
    public virtual ValueTask<StreamResponse> PatchAsync() => throw NotThere();

    /// <summary>Answers DELETE.</summary>
    public virtual ValueTask<StreamResponse> DeleteAsync() => throw NotThere();

    /// <summary>Answers OPTIONS.</summary>
    public virtual ValueTask<StreamResponse> OptionsAsync() => throw NotThere();

    /// <summary>A handler that makes an instance for each request and calls the method of its verb.</summary>
    internal static Handler HandlerOf<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods | DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T>() where T : View, new()
    {
        var verbs = VerbsOf<T>();
        return request => verbs.TryGetValue(request.Method, out var run)
            ? run(new T { _request = request })
            : throw new HttpMethodNotAllowedException(request.Method, verbs.Keys);
    }

    // Asked once, when the route is made; the annotation keeps the methods where the program is trimmed.
    private static Dictionary<string, Func<View, ValueTask<StreamResponse>>> VerbsOf<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] T>()
    {
        var verbs = new Dictionary<string, Func<View, ValueTask<StreamResponse>>>(StringComparer.Ordinal);
        void Add(string verb, string method, Func<View, ValueTask<StreamResponse>> run)
        {
            if (typeof(T).GetMethod(method, []) is { } found && found.DeclaringType != typeof(View))
                verbs.Add(verb, run);
        }
        Add("GET", nameof(GetAsync), view => view.GetAsync());
        Add("HEAD", nameof(HeadAsync), view => view.HeadAsync());
        Add("POST", nameof(PostAsync), view => view.PostAsync());
        Add("PUT", nameof(PutAsync), view => view.PutAsync());
        Add("PATCH", nameof(PatchAsync), view => view.PatchAsync());
        Add("DELETE", nameof(DeleteAsync), view => view.DeleteAsync());
        Add("OPTIONS", nameof(OptionsAsync), view => view.OptionsAsync());
        if (verbs.Count == 0)
            throw new ArgumentException($"The view {typeof(T).Name} answers nothing: override GetAsync or another verb's method.");
        if (verbs.TryGetValue("GET", out var get))
            verbs.TryAdd("HEAD", get);
        return verbs;
    }

    private static InvalidOperationException NotThere() => new("This verb's method is not overridden, so the router never calls it: override it, and do not call the base.");
}
