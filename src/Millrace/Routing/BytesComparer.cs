using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Millrace.Routing;

/// <summary>Compares byte strings by content, and lets a dictionary of them be asked with a span of the read buffer.</summary>
internal sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly BytesComparer Instance = new();

    /// <summary>Gives a table so much room that hardly two keys meet: it is filled once, and asked for each request.</summary>
    public static void Spread<T>(Dictionary<byte[], T> table)
    {
        if (table.Capacity < 4 * table.Count)
            table.EnsureCapacity(8 * table.Count);
    }

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        // The keys are the developer's routes, so no client can choose them to collide. Eight bytes at a time: the multiplications wait for each other.
        ulong hash = (ulong)alternate.Length;
        while (alternate.Length >= sizeof(ulong))
        {
            hash = Mixed(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(alternate));
            alternate = alternate[sizeof(ulong)..];
        }
        if (alternate.Length >= sizeof(uint))
            hash = Mixed(hash ^ ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(alternate) << 32) ^ BinaryPrimitives.ReadUInt32LittleEndian(alternate[^sizeof(uint)..]));
        else if (!alternate.IsEmpty)
            hash = Mixed(hash ^ ((ulong)alternate[0] << 16) ^ ((ulong)alternate[alternate.Length / 2] << 32) ^ ((ulong)alternate[^1] << 48));
        return (int)hash;
    }

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    private static ulong Mixed(ulong value)
    {
        value *= 0x9E37_79B9_7F4A_7C15;
        return value ^ (value >> 32);
    }
}
