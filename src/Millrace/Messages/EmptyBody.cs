namespace Millrace.Messages;

/// <summary>The body of a request that has none.</summary>
internal sealed class EmptyBody : RequestBody
{
    public static readonly EmptyBody Instance = new();

    public override long? Length => 0;

    private protected override bool IsReceived => true;

    private protected override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) => new(0);
}
