using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Millrace.Messages;
using Millrace.Protocol.Semantics;

namespace Millrace;

/// <summary>
/// The cookies of a request (RFC 6265 section 4.2). Reading is lenient as browsers need it: a piece that is no cookie is left out without a word,
/// quotes around a value and escapes between them are taken off, nothing is percent-decoded. Of cookies with one name the first counts: it has the longest path.
/// </summary>
public sealed class RequestCookies : IReadOnlyDictionary<string, string>
{
    private readonly OrderedDictionary<string, string> _cookies = new(StringComparer.Ordinal);

    internal RequestCookies(IEnumerable<string> fieldValues)
    {
        foreach (string value in fieldValues)
            Add(value);
    }

    /// <summary>The number of cookies.</summary>
    public int Count => _cookies.Count;

    /// <summary>The names, in the client's order.</summary>
    public IEnumerable<string> Keys => _cookies.Keys;

    /// <summary>The values, in the client's order.</summary>
    public IEnumerable<string> Values => _cookies.Values;

    /// <summary>The value of a cookie. Names are case-sensitive.</summary>
    /// <exception cref="KeyNotFoundException">The client sent no such cookie; see <see cref="TryGetValue"/>.</exception>
    public string this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"The request has no cookie '{key}'.");

    /// <summary>True if the client sent the cookie.</summary>
    public bool ContainsKey(string key) => _cookies.ContainsKey(key);

    /// <summary>The value of a cookie, if the client sent it.</summary>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => _cookies.TryGetValue(key, out value);

    /// <summary>The cookies in the client's order.</summary>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _cookies.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Add(string fieldValue)
    {
        foreach (var piece in fieldValue.AsSpan().Split(';'))
        {
            var pair = fieldValue.AsSpan()[piece].Trim(" \t");
            int equals = pair.IndexOf('=');
            if (equals <= 0)
                continue;
            var name = pair[..equals].TrimEnd(" \t");
            var value = pair[(equals + 1)..].TrimStart(" \t");
            if (IsToken(name))
                _cookies.TryAdd(name.ToString(), CookieText.Unquote(value));
        }
    }

    private static bool IsToken(ReadOnlySpan<char> name)
    {
        foreach (char c in name)
        {
            if (c >= 128 || !AsciiSets.Token.Contains((byte)c))
                return false;
        }
        return true;
    }
}
