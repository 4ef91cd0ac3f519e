namespace Millrace;

/// <summary>A method, a path pattern and the handler of the requests that match both (aiohttp: RouteDef). Made by <see cref="Web"/>.</summary>
public sealed partial class Route
{
    internal Route(string method, string pattern, Handler handler)
    {
        ArgumentException.ThrowIfNullOrEmpty(method);
        ArgumentNullException.ThrowIfNull(pattern);
        if (method != AnyMethod && !IsToken(method))
            throw new ArgumentException($"'{method}' is no method: a method is a token of RFC 9110 section 5.6.2, such as GET.", nameof(method));
        Method = method;
        Pattern = Routing.RoutePattern.Parse(pattern);
        Handler = handler;
    }

    /// <summary>The method that stands for all: <c>*</c>.</summary>
    internal const string AnyMethod = "*";

    /// <summary>The method, in capitals as a rule; <c>*</c> for any.</summary>
    public string Method { get; }

    /// <summary>The path pattern, as it was given.</summary>
    public string Path => Pattern.Text;

    internal long? BodyBytesMax { get; private set; }

    internal Routing.RoutePattern Pattern { get; }

    internal Handler Handler { get; }

    internal Handling.BlockingHabit Habit { get; } = new();

    /// <summary>Sets how many bytes of a body requests of this route may collect, in place of <see cref="ServerOptions.BodyBytesMax"/>.</summary>
    /// <param name="bytesMax">0 or more.</param>
    /// <returns>This route: <c>Post("/avatar", Save).LimitBody(5_000_000)</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytesMax"/> is negative.</exception>
    public Route LimitBody(long bytesMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytesMax);
        BodyBytesMax = bytesMax;
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Method} {Path}";

    private static bool IsToken(string method)
    {
        foreach (char c in method)
        {
            if (c >= 128 || !Protocol.Semantics.AsciiSets.Token.Contains((byte)c))
                return false;
        }
        return true;
    }
}
