namespace Millrace.Fuzz.Targets;

/// <summary>The ways in which bytes are cut on their way.</summary>
internal static class Cuts
{
    private const int PieceMax = 40;

    /// <summary>Byte by byte, in two, and in pieces of random lengths.</summary>
    public static IEnumerable<List<byte[]>> Of(byte[] input, Random random)
    {
        yield return [.. input.Chunk(1)];
        int cut = random.Next(input.Length + 1);
        yield return [input[..cut], input[cut..]];
        yield return InPieces(input, random);
    }

    private static List<byte[]> InPieces(byte[] input, Random random)
    {
        var pieces = new List<byte[]>();
        for (int at = 0; at < input.Length;)
        {
            int length = Math.Min(random.Next(1, PieceMax), input.Length - at);
            pieces.Add(input[at..(at + length)]);
            at += length;
        }
        return pieces;
    }
}
