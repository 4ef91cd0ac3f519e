using System.Text;
using Millrace.Protocol.WebSockets;

namespace Millrace.Messages;

/// <summary>What a client must send to open a WebSocket (RFC 6455 section 4.2.1).</summary>
internal static class WebSocketHandshake
{
    private const string Version = "13";

    /// <summary>The answer to a request that may not open a WebSocket; null if it may.</summary>
    public static HttpException? Refusal(Request request, IReadOnlyList<string>? allowedOrigins)
    {
        if (request.Method != "GET")
            return new HttpBadRequestException("A WebSocket is opened by GET.");
        if (!IsAskedFor(request))
            return UpgradeRequired("This resource speaks WebSocket: ask for it in Upgrade and Connection.");
        if (request.Headers.GetValues("Sec-WebSocket-Version") is not [Version])
            return UpgradeRequired($"The version of WebSocket spoken here is {Version}.");
        if (request.Headers.GetValues("Sec-WebSocket-Key") is not [var key] || !HandshakeKey.IsProper(key))
            return new HttpBadRequestException("Sec-WebSocket-Key is 16 bytes in base64.");
        if (Extensions(request) is null)
            return new HttpBadRequestException("Sec-WebSocket-Extensions is malformed.");
        return request.Headers["Origin"] is { } origin && !MayConnect(origin, request.Host, allowedOrigins)
            ? new HttpForbiddenException("Pages of this origin may not connect.")
            : null;
    }

    /// <summary>The first sub-protocol of the client that the handler speaks.</summary>
    public static string? Agree(Request request, IReadOnlyList<string> spoken) => spoken.Count == 0 ? null
        : request.Headers.GetValues("Sec-WebSocket-Protocol").SelectMany(value => value.Split(',')).Select(TrimBlanks).FirstOrDefault(spoken.Contains);

    /// <summary>How messages are compressed; null if the client does not offer what can be kept.</summary>
    public static DeflateAgreement? Agree(Request request, WebSocketCompression compression) =>
        DeflateAgreement.Find(Extensions(request)!, compression.KeepServerContext, compression.KeepClientContext, compression.ClientWindowBits);

    /// <summary>What the client offers, in its order; null if that is malformed (RFC 6455 section 9.1).</summary>
    private static List<ExtensionOffer>? Extensions(Request request)
    {
        var offers = new List<ExtensionOffer>();
        return request.Headers.GetValues("Sec-WebSocket-Extensions").All(value => ExtensionOffer.TryRead(Encoding.Latin1.GetBytes(value), offers)) ? offers : null;
    }

    /// <summary>Upgrade names it, and Connection names Upgrade.</summary>
    private static bool IsAskedFor(Request request) => request.View.Take(0, static (view, _) => view.Head.UpgradeRequested)
        && request.Headers.GetValues("Upgrade").SelectMany(value => value.Split(',')).Any(offer => TrimBlanks(offer).Equals("websocket", StringComparison.OrdinalIgnoreCase));

    private static bool MayConnect(string origin, string host, IReadOnlyList<string>? allowed) => allowed is null
        ? IsSameHost(origin, host)
        : allowed.Contains("*") || allowed.Contains(origin, StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The scheme is not compared: behind a proxy that speaks TLS the server does not know its own. A port that is the default of the origin's scheme may be left out.
    /// </summary>
    private static bool IsSameHost(string origin, string host)
    {
        int scheme = origin.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
            return false;
        string port = origin.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? ":443" : ":80";
        return WithoutPort(origin.AsSpan(scheme + 3), port).Equals(WithoutPort(host, port), StringComparison.OrdinalIgnoreCase);
    }

    private static ReadOnlySpan<char> WithoutPort(ReadOnlySpan<char> authority, string port) =>
        authority.EndsWith(port, StringComparison.Ordinal) ? authority[..^port.Length] : authority;

    private static string TrimBlanks(string text) => text.Trim([' ', '\t']);

    private static HttpUpgradeRequiredException UpgradeRequired(string text) =>
        new("websocket", text) { Headers = { ["Sec-WebSocket-Version"] = Version } };
}
