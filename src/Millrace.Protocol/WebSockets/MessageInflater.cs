namespace Millrace.Protocol.WebSockets;

/// <summary>
/// Decompresses messages (RFC 7692 section 7.2.2; RFC 1951): a whole message in, its content into memory that the caller makes larger as it is asked to.
/// </summary>
/// <remarks>
/// Not by the base library's DeflateStream: that stops for good at a block marked as final, where a message may go on, throws at what a client got
/// wrong, and keeps about 50 KB for every client that refers to its earlier messages. This keeps nothing between messages but an <see cref="InflateWindow"/> of what came.
/// One instance serves one message after the other, of different connections, too.
/// </remarks>
internal sealed class MessageInflater
{
    private const int LiteralsMax = 286;
    private const int DistancesMax = 30;
    private const int EndOfBlock = 256;
    private const int LengthsOfCodes = 19;

    private static readonly HuffmanTable FixedLiterals = Fixed([.. Enumerable.Range(0, 288).Select(i => (byte)(i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8))]);
    private static readonly HuffmanTable FixedDistances = Fixed([.. Enumerable.Repeat((byte)5, 32)]);

    private readonly HuffmanTable _ownLiterals = new(LiteralsMax);
    private readonly HuffmanTable _ownDistances = new(DistancesMax);
    private HuffmanTable _literals = FixedLiterals;
    private HuffmanTable _distances = FixedDistances;
    private InflateWindow? _window;

    private InflateBits _bits;
    private Block _block;
    private bool _isFinal;
    private int _storedLeft;
    private int _matchLeft;
    private int _distance;

    private enum Block
    {
        None,
        Stored,
        Coded,
    }

    /// <summary>Bytes of the content so far.</summary>
    public int Written { get; private set; }

    // RFC 1951 section 3.2.5.
    private static ReadOnlySpan<ushort> LengthBases => [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];

    private static ReadOnlySpan<byte> LengthBits => [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

    private static ReadOnlySpan<ushort> DistanceBases =>
        [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];

    private static ReadOnlySpan<byte> DistanceBits => [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];

    // RFC 1951 section 3.2.7.
    private static ReadOnlySpan<byte> LengthOrder => [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    /// <summary>Begins a message, which may refer to what is in the window; none if the client agreed not to.</summary>
    public void Begin(InflateWindow? window)
    {
        _window = window;
        (_bits, _block, _storedLeft, _matchLeft, Written) = (default, Block.None, 0, 0, 0);
    }

    /// <summary>
    /// Goes on with the message. <paramref name="output"/> begins with its first <see cref="Written"/> bytes. At its end the content joins the window.
    /// </summary>
    public InflateStep Read(ReadOnlySpan<byte> message, Span<byte> output)
    {
        // An empty message has one byte (section 7.2.3.6), but zlib gives none where it has just been flushed, and some clients send that.
        InflateStep? step = message.IsEmpty ? InflateStep.End : null;
        while (step is null)
        {
            step = _block switch
            {
                Block.None => BeginBlock(message),
                Block.Stored => CopyStored(message, output),
                _ => ReadCodes(message, output),
            };
        }
        if (step == InflateStep.End)
            _window?.Append(output[..Written]);
        if (step != InflateStep.NeedRoom)
            _window = null;
        return step.Value;
    }

    /// <summary>As the others: null to go on.</summary>
    private InflateStep? BeginBlock(ReadOnlySpan<byte> message)
    {
        _bits.Refill(message);
        if (_bits.Count == 0)
            return InflateStep.End;
        if (!_bits.TryTake(1, out int final) || !_bits.TryTake(2, out int type))
            return InflateStep.Fault;
        _isFinal = final == 1;
        _block = type == 0 ? Block.Stored : Block.Coded;
        switch (type)
        {
            case 0:
                return BeginStored() ? null : InflateStep.Fault;
            case 1:
                (_literals, _distances) = (FixedLiterals, FixedDistances);
                return null;
            case 2:
                return ReadTables(message) ? null : InflateStep.Fault;
            default:
                return InflateStep.Fault;
        }
    }

    private void EndBlock()
    {
        _block = Block.None;
        // RFC 7692 section 7.2.1: a final block is filled up to the byte, and what follows it belongs to the message.
        if (_isFinal)
            _bits.Align();
    }

    private bool BeginStored()
    {
        _bits.Align();
        return _bits.TryTake(16, out _storedLeft) && _bits.TryTake(16, out int complement) && _storedLeft == (complement ^ 0xFFFF);
    }

    private InflateStep? CopyStored(ReadOnlySpan<byte> message, Span<byte> output)
    {
        int room = Math.Min(_storedLeft, output.Length - Written);
        int count = _bits.CopyBytes(message, output.Slice(Written, room));
        Written += count;
        _storedLeft -= count;
        if (count < room)
            return InflateStep.Fault;
        if (_storedLeft > 0)
            return InflateStep.NeedRoom;
        EndBlock();
        return null;
    }

    /// <summary>Reads the codes of a block that has its own (RFC 1951 section 3.2.7).</summary>
    private bool ReadTables(ReadOnlySpan<byte> message)
    {
        if (!_bits.TryTake(5, out int literals) || !_bits.TryTake(5, out int distances) || !_bits.TryTake(4, out int codes))
            return false;
        literals += 257;
        distances += 1;
        if (literals > LiteralsMax || distances > DistancesMax)
            return false;
        Span<byte> codeLengths = stackalloc byte[LengthsOfCodes];
        codeLengths.Clear();
        for (int i = 0; i < codes + 4; i++)
        {
            _bits.Refill(message);
            if (!_bits.TryTake(3, out int length))
                return false;
            codeLengths[LengthOrder[i]] = (byte)length;
        }
        // The table of the distances serves for these first.
        if (!_ownDistances.Build(codeLengths) || !_ownDistances.IsComplete)
            return false;
        Span<byte> lengths = stackalloc byte[LiteralsMax + DistancesMax];
        lengths = lengths[..(literals + distances)];
        if (!ReadLengths(message, lengths) || lengths[EndOfBlock] == 0 || !_ownLiterals.Build(lengths[..literals]) || !_ownDistances.Build(lengths[literals..]))
            return false;
        (_literals, _distances) = (_ownLiterals, _ownDistances);
        return true;
    }

    private bool ReadLengths(ReadOnlySpan<byte> message, Span<byte> lengths)
    {
        for (int i = 0; i < lengths.Length;)
        {
            _bits.Refill(message);
            int symbol = _ownDistances.Decode(_bits.Next, out int bits);
            if (symbol < 0 || !_bits.TryDrop(bits))
                return false;
            if (symbol < 16)
            {
                lengths[i++] = (byte)symbol;
                continue;
            }
            if (symbol == 16 && i == 0)
                return false;
            byte repeated = symbol == 16 ? lengths[i - 1] : (byte)0;
            (int width, int least) = symbol switch { 16 => (2, 3), 17 => (3, 3), _ => (7, 11) };
            if (!_bits.TryTake(width, out int count) || count + least > lengths.Length - i)
                return false;
            lengths.Slice(i, count + least).Fill(repeated);
            i += count + least;
        }
        return true;
    }

    private InflateStep? ReadCodes(ReadOnlySpan<byte> message, Span<byte> output)
    {
        while (true)
        {
            if (_matchLeft > 0 && !CopyMatch(output))
                return InflateStep.NeedRoom;
            _bits.Refill(message);
            int symbol = _literals.Decode(_bits.Next, out int bits);
            if (symbol < 0 || bits > _bits.Count)
                return InflateStep.Fault;
            if (symbol < EndOfBlock)
            {
                if (Written == output.Length)
                    return InflateStep.NeedRoom;
                output[Written++] = (byte)symbol;
                _bits.Drop(bits);
                continue;
            }
            _bits.Drop(bits);
            if (symbol == EndOfBlock)
            {
                EndBlock();
                return null;
            }
            if (!TryBeginMatch(symbol - EndOfBlock - 1))
                return InflateStep.Fault;
        }
    }

    /// <summary>Reads the rest of a reference to earlier content, which must be there.</summary>
    private bool TryBeginMatch(int length)
    {
        if (length >= LengthBases.Length || !_bits.TryTake(LengthBits[length], out int more))
            return false;
        int distance = _distances.Decode(_bits.Next, out int bits);
        if (distance is < 0 or >= DistancesMax || !_bits.TryDrop(bits) || !_bits.TryTake(DistanceBits[distance], out int further))
            return false;
        _matchLeft = LengthBases[length] + more;
        _distance = DistanceBases[distance] + further;
        return _distance <= Written + (_window?.Bytes.Length ?? 0);
    }

    /// <summary>False if there was not room for all of it.</summary>
    private bool CopyMatch(Span<byte> output)
    {
        while (_matchLeft > 0 && Written < output.Length)
        {
            // A reference may reach into what it writes itself: as much as is there is copied at once.
            var source = _distance > Written ? _window!.Bytes[^(_distance - Written)..] : output[(Written - _distance)..Written];
            int count = Math.Min(Math.Min(_matchLeft, source.Length), output.Length - Written);
            source[..count].CopyTo(output[Written..]);
            Written += count;
            _matchLeft -= count;
        }
        return _matchLeft == 0;
    }

    private static HuffmanTable Fixed(byte[] lengths)
    {
        var table = new HuffmanTable(lengths.Length);
        _ = table.Build(lengths);
        return table;
    }
}
