using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Millrace.Telemetry;
using Millrace.Transport;

namespace Millrace.Connections;

/// <summary>
/// Counts the connections that are served, in all and by address, and says which one is too many. An IPv6 client owns a /64 as a rule, so one
/// of those counts as one address.
/// </summary>
internal sealed partial class Admission(Server server)
{
    // Refused clients are told so, and that takes a moment; what comes beyond this many at a time is closed without a word.
    private const int RefusalsAtOnceMax = 64;

    // A burst that was away for less is still the same one.
    private const int SameBurstMilliseconds = 60_000;

    private readonly ServerOptions _options = server.Options;
    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, int> _byAddress = [];
    private int _served;
    private int _refused;

    // Told that they wait, and not there yet.
    private int _promised;
    private long _lastRefusalAt = long.MinValue / 2;

    private bool IsUnlimited => _options.ConnectionsMax is null && _options.ConnectionsPerAddressMax is null;

    /// <summary>One connection more, which must <see cref="Leave"/> whatever the answer, unless that is <see cref="Welcome.Overrun"/>.</summary>
    public Welcome Enter(Connection connection)
    {
        if (IsUnlimited)
            return Welcome.Served;
        bool isCounted = IsCounted(connection, out var address);
        bool isFull, isOverrun;
        lock (_lock)
        {
            isFull = _served >= _options.ConnectionsMax;
            bool hasRoom = !isFull || _waiting.Count + _promised < _options.ConnectionsWaitingMax;
            if (hasRoom && (!isCounted || TryCount(address)))
            {
                _ = isFull ? _promised++ : _served++;
                return isFull ? Welcome.Queued : Welcome.Served;
            }
            isFull = !hasRoom;
            isOverrun = _refused >= RefusalsAtOnceMax;
            if (!isOverrun)
                _refused++;
        }
        Tell(connection, isFull);
        return isOverrun ? Welcome.Overrun : Welcome.Refused;
    }

    public void Leave(RequestHandler handler)
    {
        if (IsUnlimited)
            return;
        RequestHandler? next;
        lock (_lock)
        {
            if (handler.IsRefused)
            {
                _refused--;
                return;
            }
            Discount(handler.Connection);
            _served--;
            next = TakeFirst();
            if (next is not null)
                _served++;
        }
        next?.StartLater();
    }

    /// <summary>Counts a refusal; the first of a burst has a line in the log.</summary>
    private void Tell(Connection connection, bool isFull)
    {
        long now = connection.Loop.Clock.Milliseconds;
        bool isFirst;
        lock (_lock)
        {
            isFirst = now - _lastRefusalAt > SameBurstMilliseconds;
            _lastRefusalAt = now;
        }
        server.Metrics.ConnectionRejected(isFull ? "server" : "address");
        if (isFirst && isFull)
            server.Logger.ConnectionsRefused(_options.ConnectionsMax!.Value);
        else if (isFirst)
            server.Logger.ConnectionsOfAddressRefused();
    }

    private bool TryCount(UInt128 address)
    {
        int count = _byAddress.GetValueOrDefault(address);
        if (count >= _options.ConnectionsPerAddressMax)
            return false;
        _byAddress[address] = count + 1;
        return true;
    }

    private void Discount(Connection connection)
    {
        if (IsCounted(connection, out var address) && --_byAddress[address] == 0)
            _byAddress.Remove(address);
    }

    /// <summary>Behind a proxy are many clients: one that is trusted has no limit of its own. Nor has a Unix socket.</summary>
    private bool IsCounted(Connection connection, out UInt128 key)
    {
        key = default;
        if (_options.ConnectionsPerAddressMax is null || connection.RemoteEndPoint is not IPEndPoint client || _options.Proxies is { } proxies && proxies.Trusts(client))
            return false;
        key = KeyOf(client.Address);
        return true;
    }

    /// <summary>An IPv4 address, mapped or not, as itself; an IPv6 address as its network of /64.</summary>
    internal static UInt128 KeyOf(IPAddress address)
    {
        bool isIPv4 = address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6;
        Span<byte> bytes = stackalloc byte[16];
        (isIPv4 ? address.MapToIPv6() : address).TryWriteBytes(bytes, out _);
        if (!isIPv4)
            bytes[8..].Clear();
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
