using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Millrace.Transport.Epoll.Native;

/// <summary>The batch of events that a loop fetched.</summary>
/// <remarks>
/// struct epoll_event is packed to 12 bytes on x64 and has its natural 16 everywhere else.
/// Invariant: the memory lives as long as the loop that owns it; entry i is read only below the count that
/// the kernel returned, by the loop's one leader.
/// </remarks>
internal sealed unsafe class EpollEvents
{
    public const int Capacity = 256;
    public const int EntrySizeMax = 16;

    private static readonly int EntrySize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = EntrySize - sizeof(ulong);

    public byte* Pointer { get; private set; } = (byte*)NativeMemory.AllocZeroed(Capacity, EntrySizeMax);

    public (uint Events, ulong Data) this[int index]
    {
        get
        {
            var entry = Pointer + index * EntrySize;
            return (Unsafe.ReadUnaligned<uint>(entry), Unsafe.ReadUnaligned<ulong>(entry + DataOffset));
        }
    }

    public static void Write(byte* entry, uint events, ulong data)
    {
        Unsafe.WriteUnaligned(entry, events);
        Unsafe.WriteUnaligned(entry + DataOffset, data);
    }

    public void Free()
    {
        NativeMemory.Free(Pointer);
        Pointer = null;
    }
}
