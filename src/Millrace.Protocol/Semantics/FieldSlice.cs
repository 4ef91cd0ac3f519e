namespace Millrace.Protocol.Semantics;

/// <summary>One field line as offsets from the first byte of its message; the value without the white space around it.</summary>
internal readonly struct FieldSlice(int nameStart, int nameLength, int valueStart, int valueLength, KnownField known)
{
    public readonly int NameStart = nameStart;
    public readonly int NameLength = nameLength;
    public readonly int ValueStart = valueStart;
    public readonly int ValueLength = valueLength;
    public readonly KnownField Known = known;

    public ReadOnlySpan<byte> Name(ReadOnlySpan<byte> message) => message.Slice(NameStart, NameLength);

    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> message) => message.Slice(ValueStart, ValueLength);
}
