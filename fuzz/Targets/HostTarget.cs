using System.Net;
using System.Net.Sockets;
using System.Text;
using Millrace.Fuzz.Engine;
using Millrace.Protocol.Semantics;

namespace Millrace.Fuzz.Targets;

/// <summary>A host is refused or splits into a name or address and a port that make the whole again, and names the same authority in any letter case.</summary>
internal sealed class HostTarget : FuzzTarget
{
    private const int DefaultPort = 80;

    public override string Name => "host";

    public override int LengthMax => 300;

    public override int Check(byte[] input, Random cuts)
    {
        if (!HostSyntax.TryParse(input, out int length, out int port))
            return 0;
        string text = Encoding.Latin1.GetString(input), host = text[..length], rest = text[length..];
        Invariant.Holds(length is > 0 and <= HostSyntax.NameLengthMax && port is >= -1 and <= ushort.MaxValue);
        Invariant.Holds(rest.Length == 0 || rest[0] == ':');
        Invariant.Same(port, rest.Length <= 1 ? -1 : int.Parse(rest[1..], System.Globalization.NumberStyles.None, null), "the port");
        if (host[0] == '[')
            Invariant.Holds(IPAddress.TryParse(host[1..^1], out var address) && address.AddressFamily == AddressFamily.InterNetworkV6);
        else
            Invariant.Holds(host.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~'));
        byte[] upper = Encoding.Latin1.GetBytes(text.ToUpperInvariant());
        Invariant.Holds(HostSyntax.SameAuthority(input, input, DefaultPort));
        Invariant.Holds(HostSyntax.SameAuthority(input, upper, DefaultPort) && HostSyntax.SameAuthority(upper, input, DefaultPort));
        return Hash.Of([1, (byte)Math.Min(length, 255), host[0] == '[' ? (byte)1 : (byte)0, (byte)rest.Length]);
    }
}
