using System.Text;
using Millrace.Protocol.Semantics;

namespace Millrace;

/// <summary>A method, a path pattern and the handler of the requests that match both (aiohttp: RouteDef). Made by <see cref="Web"/>.</summary>
public sealed partial class Route
{
    internal Route(string method, string path, Handler handler, string? name, string file, int line)
    {
        ArgumentException.ThrowIfNullOrEmpty(method);
        ArgumentNullException.ThrowIfNull(path);
        if (method != AnyMethod && !IsToken(method))
            throw new ArgumentException($"'{method}' is no method: a method is a token of RFC 9110 section 5.6.2, such as GET.", nameof(method));
        if (Methods.Find(Encoding.ASCII.GetBytes(method)) == KnownMethod.Other && Methods.Find(Encoding.ASCII.GetBytes(method.ToUpperInvariant())) != KnownMethod.Other)
            throw new ArgumentException($"'{method}' is another method than {method.ToUpperInvariant()}, which it would never match: write it in capitals (RFC 9110 section 9.1).", nameof(method));
        if (name is not null)
            CheckName(name);
        Method = method;
        Pattern = Routing.RoutePattern.Parse(path);
        Handler = handler;
        Name = name;
        Place = line == 0 ? "" : $" ({file}:{line})";
    }

    /// <summary>The method that stands for all: <c>*</c>.</summary>
    internal const string AnyMethod = "*";

    /// <summary>The method, in capitals as a rule; <c>*</c> for any.</summary>
    public string Method { get; }

    /// <summary>The path pattern, as it was given.</summary>
    public string Path => Pattern.Text;

    /// <summary>The name by which <see cref="Router.this[string]"/> finds the path; null if it has none.</summary>
    public string? Name { get; }

    internal Routing.RoutePattern Pattern { get; }

    internal Handler Handler { get; }

    internal Handling.BlockingHabit Habit { get; } = new();

    /// <summary>Where in the program the route was made, to be written behind it; empty if that is not known.</summary>
    internal string Place { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Method} {Path}";

    internal void AddMethodsTo(SortedSet<string> methods)
    {
        methods.Add(Method);
        if (Method == "GET" && AllowsHead)
            methods.Add("HEAD");
    }

    private static bool IsToken(string method)
    {
        foreach (char c in method)
        {
            if (c >= 128 || !AsciiSets.Token.Contains((byte)c))
                return false;
        }
        return true;
    }

    private static void CheckName(string name)
    {
        bool first = true;
        foreach (char c in name)
        {
            bool fits = char.IsAsciiLetter(c) || c == '_' || (!first && (char.IsAsciiDigit(c) || c is '.' or ':' or '-'));
            if (!fits)
                throw new ArgumentException($"'{name}' is no name of a route: one begins with a letter or underscore and goes on with these, digits, dots, colons and hyphens.", nameof(name));
            first = c is '.' or ':' or '-';
        }
        if (first)
            throw new ArgumentException($"'{name}' is no name of a route: a name is not empty and does not end with a dot, colon or hyphen.", nameof(name));
    }
}
