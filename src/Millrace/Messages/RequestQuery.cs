using System.Collections;
using Millrace.Messages;

namespace Millrace;

/// <summary>
/// The parameters of a query string, decoded, in the order they were sent; a name may stand there several times
/// (WHATWG URL, application/x-www-form-urlencoded: <c>+</c> is a space).
/// </summary>
public sealed class RequestQuery : IEnumerable<KeyValuePair<string, string>>
{
    private readonly NamedValues _parameters = new(StringComparison.Ordinal);

    internal RequestQuery(string query)
    {
        var rest = query.AsSpan();
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf('&');
            var pair = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[(end + 1)..];
            if (pair.IsEmpty)
                continue;
            int equals = pair.IndexOf('=');
            var name = equals < 0 ? pair : pair[..equals];
            var value = equals < 0 ? [] : pair[(equals + 1)..];
            _parameters.Add(Decode(name), Decode(value));
        }
    }

    /// <summary>The number of parameters.</summary>
    public int Count => _parameters.Pairs.Count;

    /// <summary>The first value of a parameter, or null. Names are case-sensitive.</summary>
    public string? this[string name] => _parameters.First(name);

    /// <summary>Every value of a parameter.</summary>
    public IReadOnlyList<string> GetValues(string name) => _parameters.All(name);

    /// <summary>True if the parameter was sent, with a value or without.</summary>
    public bool Contains(string name) => this[name] is not null;

    /// <summary>The parameters in the client's order.</summary>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _parameters.Pairs.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static string Decode(ReadOnlySpan<char> text)
    {
        if (text.IndexOfAny('+', '%') < 0)
            return text.ToString();
        return Uri.UnescapeDataString(text.ToString().Replace('+', ' '));
    }
}
