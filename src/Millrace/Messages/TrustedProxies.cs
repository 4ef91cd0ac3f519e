using System.Net;
using System.Net.Sockets;
using System.Text;
using Millrace.Protocol.Semantics;

namespace Millrace;

/// <summary>
/// The proxies in front of the server, by network, and how they tell about the client. Whoever is not named is not believed: any client can send these fields.
/// </summary>
public sealed class TrustedProxies
{
    private readonly IPNetwork[] _networks;

    /// <summary>Names the networks, such as <c>IPNetwork.Parse("10.0.0.0/8")</c>.</summary>
    /// <exception cref="ArgumentException">None is given.</exception>
    public TrustedProxies(params IEnumerable<IPNetwork> networks)
    {
        ArgumentNullException.ThrowIfNull(networks);
        _networks = [.. networks];
        if (_networks.Length == 0)
            throw new ArgumentException("Name the networks of your proxies; without any there is nobody to trust.", nameof(networks));
    }

    /// <summary>The fields to read; default <see cref="ForwardedFields.None"/>. The proxy must set them itself on every request, and only those.</summary>
    public ForwardedFields Fields { get; init; }

    /// <summary>
    /// Whether connections from these networks begin with a header of the PROXY protocol, version 1 or 2 (HAProxy, AWS and others); default false. Then it is
    /// demanded: a connection from there without one is closed.
    /// </summary>
    public bool ProxyProtocol { get; init; }

    internal bool Trusts(EndPoint? endPoint) => endPoint is IPEndPoint { Address: var address } && Trusts(address);

    /// <summary>Walks from the connection's peer back over the proxies that are trusted, to the first address that is not.</summary>
    internal Messages.ForwardedClient Resolve(Messages.ForwardedClient direct, RequestHeaders headers)
    {
        if (Fields == ForwardedFields.None || !Trusts(direct.EndPoint))
            return direct;
        var hops = Fields == ForwardedFields.Forwarded ? ForwardedHops(headers) : XForwardedHops(headers);
        var client = direct;
        for (int i = hops.Count - 1; i >= 0 && Trusts(client.EndPoint); i--)
        {
            client = client with { Scheme = SchemeOf(hops[i].Proto) ?? client.Scheme, Host = HostOf(hops[i].Host) ?? client.Host };
            if (!TryNode(hops[i].For, out var endPoint))
                break;
            client = client with { EndPoint = endPoint };
        }
        return client;
    }

    private static List<ForwardedElements.Element> ForwardedHops(RequestHeaders headers)
    {
        var elements = new List<ForwardedElements.Element>();
        foreach (string value in headers.GetValues("Forwarded"))
        {
            if (ForwardedElements.Parse(Encoding.Latin1.GetBytes(value)) is not { } some)
                return [];
            elements.AddRange(some);
        }
        return elements;
    }

    private static List<ForwardedElements.Element> XForwardedHops(RequestHeaders headers)
    {
        string[] addresses = ListOf(headers, "X-Forwarded-For"), schemes = ListOf(headers, "X-Forwarded-Proto"), hosts = ListOf(headers, "X-Forwarded-Host");
        var hops = new List<ForwardedElements.Element>(addresses.Length);
        for (int i = 0; i < addresses.Length; i++)
            hops.Add(new(addresses[i], null, AtOrLast(hosts, i, addresses.Length), AtOrLast(schemes, i, addresses.Length)));
        return hops;
    }

    // Proxies extend the list of addresses; scheme and host some extend and some overwrite with one value.
    private static string? AtOrLast(string[] values, int index, int count) =>
        values.Length == count ? values[index] : values.Length > 0 ? values[^1] : null;

    private static string[] ListOf(RequestHeaders headers, string name) =>
        [.. headers.GetValues(name).SelectMany(value => value.Split(',')).Select(value => value.Trim(' ', '\t'))];

    private static string? SchemeOf(string? proto) => proto?.ToLowerInvariant() is "http" or "https" ? proto.ToLowerInvariant() : null;

    private static string? HostOf(string? host) => host is not null && HostSyntax.TryParse(Encoding.Latin1.GetBytes(host), out _, out _) ? host : null;

    private static bool TryNode(string? node, out IPEndPoint endPoint)
    {
        endPoint = null!;
        // "unknown" and names a proxy made up (RFC 7239 section 6) are no address.
        return node is not null && !node.StartsWith('_') && IPEndPoint.TryParse(node, out endPoint!) && (endPoint.Address.AddressFamily == AddressFamily.InterNetworkV6 || IsPlain(node, endPoint.Address));
    }

    // IPAddress also takes "1", "0x7f.1" and octal parts.
    private static bool IsPlain(string node, IPAddress address) => node.AsSpan(0, node.IndexOf(':') is >= 0 and var colon ? colon : node.Length).SequenceEqual(address.ToString());

    private bool Trusts(IPAddress address)
    {
        foreach (var network in _networks)
        {
            if (network.Contains(address))
                return true;
        }
        return false;
    }
}
