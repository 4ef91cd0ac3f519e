using System.Net;
using Millrace.Transport;

namespace Millrace.Hosting;

/// <summary>From the host a user writes to addresses to bind, and back to the name that the banner shows.</summary>
internal static class ListenEndPoints
{
    public static async ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string? host, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(host))
            return [ListenSocket.AnyAddress];
        if (IPAddress.TryParse(host, out var address))
            return [address];
        var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
        return [.. addresses.Distinct()];
    }

    public static string NameOf(string scheme, string host, int port) =>
        host.Contains(':') ? $"{scheme}://[{host}]:{port}" : $"{scheme}://{host}:{port}";
}
