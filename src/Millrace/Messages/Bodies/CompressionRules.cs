using System.IO.Compression;

namespace Millrace.Messages;

/// <summary>Which bodies are encoded, and how: by what a response allows for itself, or by what stands around all of an application.</summary>
internal sealed class CompressionRules
{
    /// <summary>Nothing is encoded, whatever stands around.</summary>
    public static readonly CompressionRules None = new(CompressionLevel.NoCompression, int.MaxValue, types: null);

    // Below this the head that says so costs more than is won.
    private const int BodyBytesMin = 256;

    private static readonly CompressionRules[] ByLevel =
        [.. Enum.GetValues<CompressionLevel>().Order().Select(level => new CompressionRules(level, BodyBytesMin, types: null))];

    private readonly int _bodyBytesMin;
    private readonly MediaTypeSet? _types;

    public CompressionRules(CompressionOptions options) : this(options.Level, options.BodyBytesMin, new MediaTypeSet(options.ContentTypes))
    {
    }

    private CompressionRules(CompressionLevel level, int bodyBytesMin, MediaTypeSet? types)
    {
        Level = level;
        _bodyBytesMin = bodyBytesMin;
        _types = types;
    }

    public CompressionLevel Level { get; }

    /// <summary>Every type, for a response that allows it itself.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no level.</exception>
    public static CompressionRules For(CompressionLevel level) => Enum.IsDefined(level) ? ByLevel[(int)level]
        : throw new ArgumentOutOfRangeException(nameof(level), level, "A level is Fastest, Optimal, SmallestSize or NoCompression.");

    /// <summary>Whether a body is worth it.</summary>
    /// <param name="contentType">Its type; null: not known.</param>
    /// <param name="length">Its length; null: not known.</param>
    public bool Take(string? contentType, long? length) =>
        this != None && (length is null || length >= _bodyBytesMin) && (_types is null || (contentType is not null && _types.Contains(contentType)));
}
