using System.Net;
using System.Net.Sockets;
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

    /// <summary>Binds every address of a host. One that this machine has not is left out, as that of IPv6 behind a name where there is no IPv6, if there are others.</summary>
    /// <exception cref="SocketException">An address cannot be bound, or this machine has none of them.</exception>
    public static void BindEach(IReadOnlyList<IPAddress> addresses, Action<IPAddress> bind)
    {
        int missing = 0;
        foreach (var address in addresses)
        {
            try
            {
                bind(address);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported && ++missing < addresses.Count)
            {
            }
        }
    }

    public static string NameOf(string scheme, string host, int port) =>
        host.Contains(':') ? $"{scheme}://[{host}]:{port}" : $"{scheme}://{host}:{port}";
}
