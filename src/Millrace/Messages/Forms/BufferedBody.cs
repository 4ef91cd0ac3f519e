namespace Millrace.Messages;

/// <summary>A body that is in memory already.</summary>
internal sealed class BufferedBody(ReadOnlyMemory<byte> bytes) : RequestBody
{
    private ReadOnlyMemory<byte> _rest = bytes;

    public override long? Length { get; } = bytes.Length;

    private protected override bool IsReceived => _rest.IsEmpty;

    private protected override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return new ValueTask<int>(count);
    }
}
