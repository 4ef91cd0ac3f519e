using System.Text;

namespace Millrace.Transport.Tests.Support;

internal static class Bytes
{
    public static byte[] Of(string text) => Encoding.ASCII.GetBytes(text);

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(bytes);

    /// <summary>Bytes in which a lost, doubled or moved block shows: the period is prime to every buffer size.</summary>
    public static byte[] Pattern(int count)
    {
        var bytes = new byte[count];
        for (int i = 0; i < count; i++)
            bytes[i] = (byte)(i % 251);
        return bytes;
    }

    /// <summary>Are these the pattern's bytes from <paramref name="offset"/> on?</summary>
    public static bool IsPattern(ReadOnlySpan<byte> bytes, long offset)
    {
        int next = (int)(offset % 251);
        foreach (byte b in bytes)
        {
            if (b != next)
                return false;
            next = next == 250 ? 0 : next + 1;
        }
        return true;
    }
}
