using System.Buffers;
using System.Text.Json.Serialization.Metadata;

namespace Millrace.Messages;

/// <summary>
/// The JSON of a response, in rented memory that goes back as soon as it was sent. Whoever wants to see it before keeps it: then it is no longer the pool's.
/// A response that is sent once more has it written anew, and keeps it from then on.
/// </summary>
internal sealed class JsonBody
{
    // The number of those who send it now, or one of these.
    private const int Returned = -1;
    private const int Kept = -2;

    private readonly JsonTypeInfo _typeInfo;
    private readonly int _length;
    private readonly object? _value;
    private byte[]? _rented;
    private byte[]? _own;
    private int _state;

    private JsonBody(byte[] rented, int length, object? value, JsonTypeInfo typeInfo)
    {
        _rented = rented;
        _length = length;
        _value = value;
        _typeInfo = typeInfo;
    }

    public int Length => Volatile.Read(ref _own)?.Length ?? _length;

    /// <summary>True if it was sent and nobody has kept it.</summary>
    public bool IsSpent => Volatile.Read(ref _state) == Returned;

    public static JsonBody Of<T>(T value, JsonTypeInfo<T> typeInfo) => new(JsonBuffer.Write(value, typeInfo, out int length), length, value, typeInfo);

    /// <summary>The bytes for one sending, at the end of which comes <see cref="Return"/>; false if they are spent.</summary>
    public bool TryBorrow(out ReadOnlyMemory<byte> bytes)
    {
        int state = Volatile.Read(ref _state);
        while (state >= 0)
        {
            int seen = Interlocked.CompareExchange(ref _state, state + 1, state);
            if (seen == state)
                break;
            state = seen;
        }
        bytes = state == Returned ? default : Bytes;
        return state != Returned;
    }

    public void Return()
    {
        int state = Volatile.Read(ref _state);
        while (state > 0)
        {
            int seen = Interlocked.CompareExchange(ref _state, state == 1 ? Returned : state - 1, state);
            if (seen == state)
            {
                if (state == 1)
                    ArrayPool<byte>.Shared.Return(Interlocked.Exchange(ref _rented, null)!);
                return;
            }
            state = seen;
        }
    }

    /// <summary>The bytes for as long as anybody likes.</summary>
    public ReadOnlyMemory<byte> Keep()
    {
        int state = Volatile.Read(ref _state);
        while (state != Kept)
        {
            if (state == Returned)
                Interlocked.CompareExchange(ref _own, JsonBuffer.WriteAnew(_value, _typeInfo), null);
            int seen = Interlocked.CompareExchange(ref _state, Kept, state);
            if (seen == state)
                break;
            state = seen;
        }
        return Bytes;
    }

    private ReadOnlyMemory<byte> Bytes => Volatile.Read(ref _own) ?? _rented.AsMemory(0, _length);
}
