using System.Net;
using Millrace.Messages;
using Millrace.Protocol.Semantics;

namespace Millrace;

public sealed partial class Request
{
    // Of a clone: the request that the connection knows, and the clone of it that was made before. Of that one: its last clone. They end with it.
    private Request? _origin;
    private Request? _earlierClone;
    private Request? _lastClone;

    private Request Origin => _origin ?? this;

    /// <summary>
    /// A request with some things changed, for a middleware to pass on in the place of this one (aiohttp: <c>clone()</c>). It has the same body and the same answer, and a copy of the
    /// state. With another method or target the router looks for its route anew, whose options hold from then on (limits of body and time); the middlewares that saw this request are not run again.
    /// </summary>
    /// <param name="method">A token; null keeps the method.</param>
    /// <param name="target">A path with its query, percent-encoded; null keeps the target.</param>
    /// <param name="scheme"><c>http</c> or <c>https</c>; null keeps it.</param>
    /// <param name="host">Host and port; null keeps them. The Host field stays unless <paramref name="headers"/> are given.</param>
    /// <param name="remote">The client's address; null keeps it.</param>
    /// <param name="headers">All header fields; null keeps them.</param>
    /// <exception cref="ArgumentException">One of these is not what it should be.</exception>
    /// <exception cref="InvalidOperationException">The body has been read, be it in part, or as a form.</exception>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public Request Clone(string? method = null, string? target = null, string? scheme = null, string? host = null, EndPoint? remote = null, IEnumerable<KeyValuePair<string, string>>? headers = null)
    {
        _view.ThrowIfEnded();
        if (_bodyBytes is not null || _bodyFailure is not null || _body.HasBegun)
            throw new InvalidOperationException("The body has been read, in part at least: clone the request before anybody reads, as whoever gets the clone may want to read it whole.");
        if (scheme is not (null or "http" or "https"))
            throw new ArgumentException($"'{scheme}' is no scheme of this server: it is http or https.", nameof(scheme));
        if (host is not null && !HostSyntax.TryParse(System.Text.Encoding.UTF8.GetBytes(host), out _, out _))
            throw new ArgumentException($"'{host}' is no host with an optional port.", nameof(host));
        var view = HeadCopy.Make(method ?? Method, target ?? RawTarget, headers ?? Headers, _view.Head);
        var client = Client;
        var clone = new Request(_exchange, view, _body, _settings)
        {
            _origin = Origin,
            _client = client with { Scheme = scheme ?? client.Scheme, Host = host ?? client.Host, EndPoint = remote ?? client.EndPoint },
            _state = _state is null ? null : new Dictionary<object, object?>(_state),
            _bodyBytesMax = _bodyBytesMax,
            Destination = method is null && target is null ? Destination : null,
        };
        clone.StayInLayer(this);
        clone.EndWith(Origin);
        return clone;
    }

    private void EndWith(Request origin)
    {
        // A handler that was given up may clone while its request ends.
        do
            _earlierClone = Volatile.Read(ref origin._lastClone);
        while (Interlocked.CompareExchange(ref origin._lastClone, this, _earlierClone) != _earlierClone);
        if (origin._view.IsEnded)
            End();
    }

    private void EndClones()
    {
        for (var clone = Volatile.Read(ref _lastClone); clone is not null; clone = clone._earlierClone)
            clone.End();
    }

    /// <summary>Whoever made the clone sees it in the same application.</summary>
    private partial void StayInLayer(Request original);
}
