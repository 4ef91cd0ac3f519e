namespace Millrace.Tests.Support;

internal static class Patterns
{
    /// <summary>Bytes in which a lost, doubled or moved block shows: the period is prime to every buffer size.</summary>
    public static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (int i = 0; i < count; i++)
            bytes[i] = (byte)(i % 251);
        return bytes;
    }

    /// <summary>Text with characters of one to four bytes.</summary>
    public static string Text(int characters)
    {
        const string Piece = "aé€😀b";
        return string.Concat(Enumerable.Repeat(Piece, characters / Piece.Length + 1))[..(characters / Piece.Length * Piece.Length)];
    }
}
