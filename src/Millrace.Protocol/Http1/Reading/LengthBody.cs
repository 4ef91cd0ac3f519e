namespace Millrace.Protocol.Http1;

/// <summary>A body of a length known beforehand (RFC 9112 6.2); one of length 0 stands for no body at all.</summary>
internal sealed class LengthBody : Http1Body
{
    private long _left;

    public override bool IsComplete => _left == 0;

    public override long ReadableWithoutFraming => _left;

    public void Start(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _left = length;
    }

    public override BodyStep Read(ReadOnlySpan<byte> input, out int consumed, out int dataStart, out int dataLength)
    {
        dataStart = 0;
        dataLength = consumed = (int)Math.Min(_left, input.Length);
        if (_left == 0)
            return BodyStep.Complete;
        _left -= consumed;
        return consumed == 0 ? BodyStep.NeedMore : BodyStep.Data;
    }

    public override void Skip(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _left);
        _left -= count;
    }
}
