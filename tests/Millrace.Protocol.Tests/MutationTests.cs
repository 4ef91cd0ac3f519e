using Millrace.Cases;
using Millrace.Protocol.Http1;

namespace Millrace.Protocol.Tests;

/// <summary>
/// Every case with bytes changed, dropped, doubled and swapped, seeded so that each run is the same: whatever comes of it, the
/// readers say the same however it is cut, never throw, and never take a byte back. The quick parsers and the scanners
/// behind them prove each other here.
/// </summary>
public sealed class MutationTests
{
    private const int Rounds = 40;
    private const int LengthMax = 1000;

    private static readonly byte[] Interesting = [0, (byte)'\t', (byte)'\n', (byte)'\r', (byte)' ', (byte)':', (byte)';', (byte)',', (byte)'0', (byte)'"', 0x7F, 0x80, 0xFF];

    [Fact]
    public void A_mutated_case_is_read_the_same_way_however_it_is_cut()
    {
        var random = new Random(9112);
        foreach (var one in CaseFile.LoadFolder(Path.Combine(AppContext.BaseDirectory, "cases", "http1")))
        {
            if (one.Bytes.Length > LengthMax)
                continue;
            for (var round = 0; round < Rounds; round++)
            {
                var bytes = Mutate(one.Bytes, random);
                var whole = MachineDriver.Run(Http1Limits.Default, bytes);
                var cut = random.Next(bytes.Length + 1);
                Same(one, bytes, whole, MachineDriver.Run(Http1Limits.Default, bytes[..cut], bytes[cut..]));
                Same(one, bytes, whole, MachineDriver.Run(Http1Limits.Default, bytes.Chunk(random.Next(1, 8))));
                Same(one, bytes, whole, MachineDriver.Run(Http1Limits.Default, bytes.Chunk(1)));
            }
        }
    }

    private static void Same(ProtocolCase one, byte[] bytes, IReadOnlyList<string> whole, IReadOnlyList<string> cut)
    {
        if (!whole.SequenceEqual(cut))
            Assert.Fail($"{one}\n{CaseFile.Escape(bytes)}\nwhole: {string.Join(" | ", whole)}\ncut:   {string.Join(" | ", cut)}");
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = new List<byte>(original);
        for (var count = random.Next(1, 4); count > 0 && bytes.Count > 0; count--)
        {
            var index = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[index] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[index] = Interesting[random.Next(Interesting.Length)];
                    break;
                case 2:
                    bytes.RemoveAt(index);
                    break;
                case 3:
                    bytes.Insert(index, Interesting[random.Next(Interesting.Length)]);
                    break;
                default:
                    var length = Math.Min(random.Next(1, 20), bytes.Count - index);
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(index, length));
                    break;
            }
        }

        return [.. bytes];
    }
}
