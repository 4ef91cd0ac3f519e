using System.Net.Sockets;
using Millrace.Fuzz.Engine;
using Millrace.Protocol.ProxyProtocol;
using Millrace.Protocol.Semantics;

namespace Millrace.Fuzz.Targets;

/// <summary>
/// The header is complete at one length and at no shorter one, whatever follows it; a fault stays a fault; and both its addresses are of one kind.
/// </summary>
internal sealed class ProxyHeaderTarget : FuzzTarget
{
    public override string Name => "proxy";

    public override int LengthMax => 400;

    public override int Check(byte[] input, Random cuts)
    {
        var whole = ProxyHeaderReader.Read(input, out var header, out int length);
        if (whole == ReadResult.Complete)
            CheckComplete(input, header, length);
        var before = ReadResult.NeedMore;
        for (int shown = 0; shown <= input.Length; shown++)
        {
            var result = ProxyHeaderReader.Read(input.AsSpan(0, shown), out var part, out int partLength);
            Invariant.Holds(before == ReadResult.NeedMore || result == before);
            Invariant.Holds(result != ReadResult.Complete || (part == header && partLength == length && shown >= length));
            before = result;
        }
        Invariant.Same(whole, before, "the header whole and byte by byte");
        return Hash.Of([(byte)whole, (byte)length, (byte)(header.Source?.AddressFamily ?? 0)]);
    }

    private static void CheckComplete(byte[] input, ProxyHeader header, int length)
    {
        Invariant.Holds(length > 0 && length <= input.Length && length <= ProxyHeaderReader.BinaryBytesMax);
        Invariant.Holds(header.Source is null == header.Destination is null);
        Invariant.Holds(header.Source is null || header.Source.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6);
        Invariant.Holds(header.Source?.AddressFamily == header.Destination?.AddressFamily);
        Invariant.Holds(input[0] != 'P' || (length <= ProxyHeaderReader.LineBytesMax && input[length - 2] == '\r' && input[length - 1] == '\n'));
    }
}
