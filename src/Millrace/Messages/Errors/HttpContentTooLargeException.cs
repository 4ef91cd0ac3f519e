namespace Millrace;

/// <summary>413: the content is larger than is taken here (aiohttp: HTTPRequestEntityTooLarge).</summary>
public sealed class HttpContentTooLargeException : HttpException
{
    /// <summary>Makes the answer.</summary>
    /// <param name="limit">Most bytes that are taken.</param>
    /// <param name="actual">How many came or were announced, if that is known.</param>
    /// <param name="text">The body; null says the limit.</param>
    public HttpContentTooLargeException(long limit, long? actual = null, string? text = null)
        : base(413, text ?? $"The body is larger than the {limit} bytes this server accepts here.")
    {
        Limit = limit;
        Actual = actual;
    }

    /// <summary>Most bytes that are taken.</summary>
    public long Limit { get; }

    /// <summary>How many came or were announced, if that is known.</summary>
    public long? Actual { get; }
}
