using System.Diagnostics.CodeAnalysis;
using Millrace.Messages;
using Millrace.Protocol.Semantics;

namespace Millrace;

/// <summary>What a route's pattern found in the path of a request (aiohttp: <c>request.match_info</c>). A value becomes a string when it is asked for.</summary>
public readonly struct RouteMatch
{
    private readonly HeadView? _view;
    private readonly Destination? _destination;

    internal RouteMatch(HeadView view, Destination? destination)
    {
        _view = view;
        _destination = destination;
    }

    /// <summary>The names of the pattern's parameters, in its order.</summary>
    public IReadOnlyList<string> Names => _destination?.Names ?? [];

    /// <summary>The part of the path that a parameter of the pattern matched, percent-decoded (also <c>%2F</c>).</summary>
    /// <exception cref="KeyNotFoundException">The pattern has no parameter of that name.</exception>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public string this[string name] =>
        TryGetValue(name, out var value) ? value : throw new KeyNotFoundException($"The route has no parameter '{name}'; it has: {string.Join(", ", Names)}.");

    /// <summary>The part of the path that a parameter of the pattern matched, if there is such a parameter.</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public bool TryGetValue(string name, [MaybeNullWhen(false)] out string value)
    {
        ArgumentNullException.ThrowIfNull(name);
        int i = _destination is null ? -1 : Array.IndexOf(_destination.Names, name);
        value = i < 0 ? null : _view!.Take((_destination!, i), static (view, wanted) =>
        {
            var path = view.Path;
            return PercentCodec.Decode(path[wanted.Item1.Locate(path, wanted.i)]);
        });
        return value is not null;
    }
}
