using System.Diagnostics.CodeAnalysis;
using Millrace.Messages;
using Millrace.Protocol.Semantics;

namespace Millrace;

/// <summary>What a route's pattern found in the path of a request (aiohttp: <c>request.match_info</c>).</summary>
public sealed class RouteMatch
{
    internal static readonly RouteMatch None = new(null, [], []);

    private readonly HeadView? _view;
    private readonly string[] _names;
    private readonly Range[] _values;

    internal RouteMatch(HeadView? view, string[] names, Range[] values)
    {
        _view = view;
        _names = names;
        _values = values;
    }

    /// <summary>The names of the pattern's parameters, in its order.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The part of the path that a parameter of the pattern matched, percent-decoded (also <c>%2F</c>).</summary>
    /// <exception cref="KeyNotFoundException">The pattern has no parameter of that name.</exception>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public string this[string name] =>
        TryGetValue(name, out var value) ? value : throw new KeyNotFoundException($"The route has no parameter '{name}'; it has: {string.Join(", ", _names)}.");

    /// <summary>The part of the path that a parameter of the pattern matched, if there is such a parameter.</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public bool TryGetValue(string name, [MaybeNullWhen(false)] out string value)
    {
        ArgumentNullException.ThrowIfNull(name);
        int i = Array.IndexOf(_names, name);
        value = i < 0 ? null : _view!.Take(_values[i], static (view, range) => PercentCodec.Decode(view.Path[range]));
        return value is not null;
    }
}
