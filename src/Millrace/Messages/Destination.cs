namespace Millrace.Messages;

/// <summary>Where the router sent a request, as far as the request itself has to know.</summary>
internal abstract class Destination
{
    /// <summary>The names of the pattern's parameters, in its order.</summary>
    public virtual string[] Names => [];

    /// <summary>The pattern of the route with the prefixes it is mounted at; null where no route was found.</summary>
    public virtual string? RouteText => null;

    /// <summary>What is answered if no middleware does otherwise; null where a route was found.</summary>
    public virtual HttpException? Refusal => null;

    /// <summary>Who is told of the response before it goes out; null if nobody is.</summary>
    public Func<Request, StreamResponse, Task>[]? Preparations { get; protected set; }

    /// <summary>Whether a 500 tells what was thrown.</summary>
    public bool TellsErrors { get; protected set; }

    /// <summary>Most bytes of a body to collect; null leaves it to the server's options.</summary>
    public virtual long? BodyBytesMax => null;

    /// <summary>What the route says about waiting for its handler; null: nothing.</summary>
    public virtual HandlerRules? HandlerRules => null;

    /// <summary>Whether a route has something to say about the wait: this one, or one that a middleware may pass the request on to.</summary>
    public virtual bool MayHaveRules => false;

    /// <summary>Where in the path that was matched the parameter of that number is.</summary>
    public virtual Range Locate(ReadOnlySpan<byte> path, int parameter) => default;
}
