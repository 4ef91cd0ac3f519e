using Millrace.Transport.Buffers;

namespace Millrace.Connections;

/// <summary>
/// The bytes of a connection that were received and not yet used. One array at a time, rented when bytes come and returned when
/// all are used; a head that a request still refers to is kept in place, if need be in an array of its own.
/// </summary>
internal struct InputBuffer(BufferPool pool)
{
    // Below this, a read into the rest of the array is not worth its system call.
    private const int FreeMin = 1024;

    private byte[]? _array;
    private byte[]? _heldArray;
    private int _start;
    private int _end;

    // The head lies in _array; once _array had to be changed, it lies in _heldArray.
    private bool _held;

    public readonly bool IsEmpty => _start == _end;

    public readonly int Length => _end - _start;

    public readonly ReadOnlySpan<byte> Unread => _array.AsSpan(_start, _end - _start);

    /// <summary>Room to receive into; call <see cref="Filled"/> with what came.</summary>
    public Memory<byte> Free()
    {
        if (_array is null)
        {
            _array = pool.Rent();
            _start = _end = 0;
        }
        else if (_start == _end && !_held)
        {
            _start = _end = 0;
        }
        else if (_array.Length - _end < FreeMin)
        {
            MakeRoom();
        }
        return _array.AsMemory(_end);
    }

    public void Filled(int count) => _end += count;

    public void Use(int count) => _start += count;

    /// <summary>Uses the first bytes as a head that stays readable until <see cref="LetGo"/>: its array and its place there.</summary>
    public (byte[] Array, int Start) UseAndHold(int count)
    {
        int start = _start;
        _start += count;
        _held = true;
        return (_array!, start);
    }

    /// <summary>The request is over: its head may be overwritten.</summary>
    public void LetGo()
    {
        _held = false;
        if (_heldArray is not null)
        {
            pool.Return(_heldArray);
            _heldArray = null;
        }
    }

    /// <summary>Gives the array back if nothing is left in it.</summary>
    public void ReleaseIfEmpty()
    {
        if (_array is not null && _start == _end && !_held)
        {
            pool.Return(_array);
            _array = null;
        }
    }

    public void Release()
    {
        LetGo();
        _start = _end;
        ReleaseIfEmpty();
    }

    private void MakeRoom()
    {
        var unread = Unread;
        bool fits = unread.Length + FreeMin <= _array!.Length;
        if (fits && !_held)
        {
            unread.CopyTo(_array);
        }
        else
        {
            // The reader refuses a head before this grows past the limit of heads; body bytes are used as they come.
            var larger = pool.Rent(fits ? BufferPool.BlockSize : _array.Length * 2);
            unread.CopyTo(larger);
            if (_held)
                _heldArray = _array;
            else
                pool.Return(_array);
            _held = false;
            _array = larger;
        }
        _end = unread.Length;
        _start = 0;
    }
}
