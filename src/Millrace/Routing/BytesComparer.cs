using System.Diagnostics.CodeAnalysis;

namespace Millrace.Routing;

/// <summary>Compares byte strings by content, and lets a dictionary of them be asked with a span of the read buffer.</summary>
internal sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly BytesComparer Instance = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        // The keys are the developer's routes, so no client can choose them to collide.
        uint hash = 2166136261;
        foreach (byte octet in alternate)
            hash = (hash ^ octet) * 16777619;
        return (int)hash;
    }

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
