namespace Millrace.Fuzz.Engine;

/// <summary>FNV-1a: the same in every process, which HashCode is not.</summary>
internal static class Hash
{
    public static int Of(ReadOnlySpan<byte> bytes)
    {
        uint hash = 2166136261;
        foreach (byte value in bytes)
            hash = (hash ^ value) * 16777619;
        return (int)hash;
    }
}
