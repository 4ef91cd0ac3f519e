using System.Text;

namespace Millrace.Protocol.Semantics;

/// <summary>The field lines of one head or trailer section, in their order. Keeps its storage between messages.</summary>
internal sealed class FieldTable
{
    private const int CapacityFirst = 16;

    private FieldSlice[] _fields = new FieldSlice[CapacityFirst];
    private ulong _present;

    public int Count { get; private set; }

    public ReadOnlySpan<FieldSlice> Fields => _fields.AsSpan(0, Count);

    /// <summary>Whether a field of this name is among them; never asked for <see cref="KnownField.Unknown"/>.</summary>
    public bool Contains(KnownField known) => (_present & (1UL << (int)known)) != 0;

    /// <summary>The index of the first field of that name, or -1.</summary>
    public int IndexOf(KnownField known)
    {
        if (!Contains(known))
            return -1;
        for (var index = 0; index < Count; index++)
        {
            if (_fields[index].Known == known)
                return index;
        }

        return -1;
    }

    /// <summary>The index of the first field of that name at <paramref name="from"/> or behind it, or -1.</summary>
    public int IndexOf(ReadOnlySpan<byte> message, string name, int from = 0)
    {
        for (var index = from; index < Count; index++)
        {
            if (Ascii.EqualsIgnoreCase(_fields[index].Name(message), name))
                return index;
        }

        return -1;
    }

    public void Add(FieldSlice field)
    {
        if (Count == _fields.Length)
            Array.Resize(ref _fields, Math.Max(_fields.Length * 2, CapacityFirst));
        _fields[Count++] = field;
        _present |= 1UL << (int)field.Known;
    }

    /// <summary>A copy that has room for nothing more.</summary>
    public FieldTable Compact()
    {
        var copy = (FieldTable)MemberwiseClone();
        copy._fields = Fields.ToArray();
        return copy;
    }

    public void Clear()
    {
        Count = 0;
        _present = 0;
    }
}
