namespace Millrace.Messages;

/// <summary>The bytes of one part as they are sent, up to its delimiter.</summary>
internal sealed class PartBody(MultipartReader reader) : RequestBody
{
    private bool _ended;
    private bool _passedOver;

    public override long? Length => null;

    private protected override bool IsReceived => _ended && !_passedOver;

    /// <summary>The delimiter was met.</summary>
    public void End() => _ended = true;

    /// <summary>The next part is asked for: what is left of this one is lost.</summary>
    public void PassOver() => _passedOver = true;

    private protected override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        _passedOver ? throw new InvalidOperationException("The part is over: read it before the next one is asked for.")
        : _ended || buffer.IsEmpty ? new(0)
        : reader.ReadDataAsync(buffer, cancellationToken);
}
