namespace Millrace.Messages;

/// <summary>The body of a request that has none.</summary>
internal sealed class EmptyBody : RequestBody
{
    public static readonly EmptyBody Instance = new();

    public override long? Length => 0;

    public override bool IsCompleted => true;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(0);
}
