using System.Net;
using Millrace.Transport;

namespace Millrace.Hosting;

/// <summary>From the host a user writes to addresses to bind, and back to the name that the banner shows.</summary>
internal static class ListenEndPoints
{
    public static async ValueTask<IReadOnlyList<IPEndPoint>> ResolveAsync(string? host, int port, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(host))
            return [new IPEndPoint(ListenSocket.AnyAddress, port)];
        if (IPAddress.TryParse(host, out var address))
            return [new IPEndPoint(address, port)];
        var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
        return [.. addresses.Distinct().Select(found => new IPEndPoint(found, port))];
    }

    public static string NameOf(EndPoint endPoint, string? host, string scheme)
    {
        int port = ((IPEndPoint)endPoint).Port;
        if (string.IsNullOrEmpty(host))
            host = "0.0.0.0";
        return host.Contains(':') ? $"{scheme}://[{host}]:{port}" : $"{scheme}://{host}:{port}";
    }
}
