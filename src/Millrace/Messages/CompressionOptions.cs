using System.IO.Compression;

namespace Millrace;

/// <summary>What <see cref="Web.Compress"/> encodes, and how.</summary>
public sealed class CompressionOptions
{
    /// <summary>
    /// The types that become smaller: all texts, JSON, XML, scripts, WebAssembly, SVG, fonts that are not compressed already. <c>text/*</c> stands for a whole family, <c>*+json</c> for
    /// all types built on another.
    /// </summary>
    public static IReadOnlyList<string> DefaultContentTypes { get; } =
    [
        "text/*", "*+json", "*+xml", "*+text",
        "application/json", "application/x-ndjson", "application/jsonl", "application/json-seq", "application/javascript", "application/x-javascript", "application/ecmascript",
        "application/xml", "application/xml-dtd", "application/wasm", "application/rtf", "application/sql", "application/graphql", "application/yaml", "application/toml",
        "application/vnd.ms-fontobject", "font/ttf", "font/otf", "font/collection", "image/bmp", "image/x-icon", "image/vnd.microsoft.icon",
    ];

    /// <summary>How much time to spend; default <see cref="CompressionLevel.Fastest"/>, which suits bodies that are made for one request.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to what is no level.</exception>
    public CompressionLevel Level
    {
        get;
        init
        {
            if (!Enum.IsDefined(value))
                throw new ArgumentOutOfRangeException(nameof(Level), value, "A level is Fastest, Optimal, SmallestSize or NoCompression.");
            field = value;
        }
    } = CompressionLevel.Fastest;

    /// <summary>Bodies of fewer bytes are sent as they are, where that is known beforehand; default 256, below which what the head says of it costs more than is won.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative number.</exception>
    public int BodyBytesMin
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = 256;

    /// <summary>
    /// The types that are encoded, without parameters; default <see cref="DefaultContentTypes"/>. Event streams are no <c>text/*</c> here, because each holds an encoder
    /// as long as it is open: <c>text/event-stream</c> by its own name encodes them.
    /// </summary>
    /// <exception cref="ArgumentException">One of them is no type: <c>text/html</c>, <c>text/*</c> and <c>*+json</c> are.</exception>
    public IReadOnlyCollection<string> ContentTypes
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            foreach (string type in value)
                Messages.MediaTypeSet.Check(type);
            field = value;
        }
    } = DefaultContentTypes;
}
