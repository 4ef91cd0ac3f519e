namespace Millrace.Messages;

/// <summary>Where the router sent a request, as far as the request itself has to know.</summary>
internal abstract class Destination
{
    /// <summary>The names of the pattern's parameters, in its order.</summary>
    public abstract string[] Names { get; }

    /// <summary>Where in the path that was matched the parameter of that number is.</summary>
    public abstract Range Locate(ReadOnlySpan<byte> path, int parameter);
}
