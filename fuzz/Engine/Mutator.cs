namespace Millrace.Fuzz.Engine;

/// <summary>Makes new inputs of old ones. All chance comes from one seeded source, so a run repeats itself.</summary>
internal sealed class Mutator(Random random, int lengthMax)
{
    private const int StepsMax = 6;
    private const int RangeMax = 64;

    /// <summary>A few steps away from an entry of the corpus.</summary>
    public byte[] Mutate(IReadOnlyList<byte[]> corpus)
    {
        var bytes = new List<byte>(corpus[random.Next(corpus.Count)]);
        for (int steps = random.Next(1, StepsMax + 1); steps > 0; steps--)
            Step(bytes, corpus);
        if (bytes.Count > lengthMax)
            bytes.RemoveRange(lengthMax, bytes.Count - lengthMax);
        return [.. bytes];
    }

    private void Step(List<byte> bytes, IReadOnlyList<byte[]> corpus)
    {
        int at = random.Next(bytes.Count + 1);
        int length = Math.Min(random.Next(1, RangeMax + 1), bytes.Count - at);
        switch (random.Next(9))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes.InsertRange(at, Tokens.All[random.Next(Tokens.All.Length)]);
                break;
            case 3:
                var token = Tokens.All[random.Next(Tokens.All.Length)];
                bytes.RemoveRange(at, Math.Min(token.Length, bytes.Count - at));
                bytes.InsertRange(at, token);
                break;
            case 4:
                bytes.RemoveRange(at, length);
                break;
            case 5:
                bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                break;
            case 6:
                Splice(bytes, at, corpus[random.Next(corpus.Count)]);
                break;
            case 7:
                EditNumber(bytes, at);
                break;
            default:
                // A single byte lost or doubled is what real senders get wrong.
                if (at < bytes.Count && random.Next(2) == 0)
                    bytes.RemoveAt(at);
                else if (at < bytes.Count)
                    bytes.Insert(at, bytes[at]);
                break;
        }
    }

    // Our beginning, the other's end.
    private void Splice(List<byte> bytes, int at, byte[] other)
    {
        bytes.RemoveRange(at, bytes.Count - at);
        bytes.AddRange(other.AsSpan(random.Next(other.Length + 1)));
    }

    // The next digit from here becomes another, or gets company: lengths, chunk sizes, versions, ports.
    private void EditNumber(List<byte> bytes, int at)
    {
        int digit = bytes.FindIndex(at, value => value is >= (byte)'0' and <= (byte)'9');
        if (digit < 0)
            return;
        var value = (byte)('0' + random.Next(10));
        if (random.Next(3) == 0)
            bytes.InsertRange(digit, Enumerable.Repeat(value, random.Next(1, 20)));
        else
            bytes[digit] = value;
    }
}
