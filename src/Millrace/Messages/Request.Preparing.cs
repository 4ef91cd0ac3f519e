using Millrace.Messages;

namespace Millrace;

public sealed partial class Request
{
    private CompressionRules? _compression;

    /// <summary>What stands around the handler says of the coding of its response; null: nothing.</summary>
    internal CompressionRules? Compression
    {
        get => Origin._compression;
        set => Origin._compression = value;
    }

    /// <summary>True if somebody wants to be told of the response before it goes out.</summary>
    internal bool HasPreparations => Answering is { Preparations: not null };

    /// <summary>Tells those who want to know that a response is about to go out.</summary>
    internal async ValueTask AnnounceAsync(StreamResponse response)
    {
        if (IsAnswered || Answering?.Preparations is not { } receivers)
            return;
        foreach (var receiver in receivers)
            await receiver(this, response).ConfigureAwait(false);
    }

    private async ValueTask<ResponseWriter> AnnounceAndStartAsync(StreamResponse response)
    {
        await AnnounceAsync(response).ConfigureAwait(false);
        return await _exchange.StartAsync(this, response).ConfigureAwait(false);
    }
}
