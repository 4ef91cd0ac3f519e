using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Millrace.Messages;

namespace Millrace;

/// <summary>
/// A response whose body is known whole (aiohttp: Response). One that is not changed any more may be sent as often as you like.
/// </summary>
public sealed partial class Response : StreamResponse
{
    internal const string BytesType = "application/octet-stream";
    internal const string TextType = "text/plain; charset=utf-8";
    private const string JsonType = "application/json; charset=utf-8";

    private static readonly byte[] TextTypeBytes = System.Text.Encoding.ASCII.GetBytes(TextType);
    private static readonly byte[] JsonTypeBytes = System.Text.Encoding.ASCII.GetBytes(JsonType);

    // A text or JSON; null where there are bytes.
    private object? _content;
    private ReadOnlyMemory<byte> _bytes;

    /// <summary>A response without a body.</summary>
    /// <param name="status">The status, 200 to 599; default 200.</param>
    public Response(int status = 200) : base(status)
    {
    }

    private Response(string text, int status) : base(status)
    {
        _content = text;
    }

    private Response(JsonBody json, int status) : base(status)
    {
        _content = json;
        SetContentType(JsonType, JsonTypeBytes);
    }

    private Response(ReadOnlyMemory<byte> bytes, int status) : base(status)
    {
        _bytes = bytes;
    }

    /// <summary>The body; a text as UTF-8. JSON lies in memory of a pool until it is sent, unless it was asked for here.</summary>
    public ReadOnlyMemory<byte> Body => _content switch
    {
        null => _bytes,
        string text => System.Text.Encoding.UTF8.GetBytes(text),
        _ => ((JsonBody)_content).Keep(),
    };

    /// <summary>The body before it is encoded, where it was given as text.</summary>
    internal string? BodyText => _content as string;

    /// <summary>The length of the body in bytes.</summary>
    internal int BodyLength => _content switch
    {
        null => _bytes.Length,
        string text => System.Text.Encoding.UTF8.GetByteCount(text),
        _ => ((JsonBody)_content).Length,
    };

    internal override long? DeclaredLength => BodyLength;

    /// <summary>True if the body must be made anew: its memory went back when it was sent.</summary>
    internal bool IsSpent => _content is JsonBody { IsSpent: true };

    /// <summary>Plain text, or text of another type, in UTF-8.</summary>
    /// <param name="text">The body.</param>
    /// <param name="status">The status, 200 to 599; default 200.</param>
    /// <param name="contentType">The Content-Type field; default <c>text/plain; charset=utf-8</c>. A type <c>text/*</c> without a charset gets that of UTF-8.</param>
    /// <exception cref="ArgumentException">The type names another charset than UTF-8.</exception>
    public static Response Text(string text, int status = 200, string contentType = TextType)
    {
        ArgumentNullException.ThrowIfNull(text);
        var response = new Response(text, status);
        // The default needs no check; anything else goes through the one that refuses line breaks.
        if (ReferenceEquals(contentType, TextType))
            response.SetContentType(TextType, TextTypeBytes);
        else
            response.ContentType = Messages.BodyText.TypeOfUtf8(contentType);
        return response;
    }

    /// <summary>Bytes of any type. They are sent from where they are: leave them unchanged until the response is sent.</summary>
    /// <param name="body">The body.</param>
    /// <param name="status">The status, 200 to 599; default 200.</param>
    /// <param name="contentType">The Content-Type field; default <c>application/octet-stream</c>.</param>
    public static Response Bytes(ReadOnlyMemory<byte> body, int status = 200, string contentType = BytesType) =>
        new(body, status) { ContentType = contentType };

    /// <summary>A value as JSON, by source-generated metadata: works trimmed and ahead-of-time compiled.</summary>
    /// <param name="value">What to serialise; it is done here, once. A response that is sent again serialises it again, so for that leave it as it is.</param>
    /// <param name="typeInfo">The metadata, as <c>MyContext.Default.MyType</c>.</param>
    /// <param name="status">The status, 200 to 599; default 200.</param>
    /// <exception cref="JsonException">The value cannot be serialised.</exception>
    public static Response Json<T>(T value, JsonTypeInfo<T> typeInfo, int status = 200)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        return new Response(JsonBody.Of(value, typeInfo), status);
    }

    /// <summary>A value as JSON, by reflection.</summary>
    /// <param name="value">What to serialise; it is done here, once. A response that is sent again serialises it again, so for that leave it as it is.</param>
    /// <param name="options">Default: the web defaults of System.Text.Json (camel case).</param>
    /// <param name="status">The status, 200 to 599; default 200.</param>
    /// <exception cref="JsonException">The value cannot be serialised.</exception>
    [RequiresUnreferencedCode("Reads the type by reflection: pass a JsonTypeInfo where the program is trimmed.")]
    [RequiresDynamicCode("Reads the type by reflection: pass a JsonTypeInfo where the program is compiled ahead of time.")]
    public static Response Json<T>(T value, JsonSerializerOptions? options = null, int status = 200)
    {
        options ??= JsonSerializerOptions.Web;
        options.MakeReadOnly(populateMissingResolver: true);
        return Json(value, (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)), status);
    }

    private protected override async ValueTask EndAsync(ResponseWriter writer, ResponseHeaders? trailers, CancellationToken cancellationToken)
    {
        var body = BorrowBody();
        try
        {
            await writer.WriteAsync(body, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ReturnBody();
        }
        await writer.EndAsync(trailers, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The body for one sending, at the end of which comes <see cref="ReturnBody"/>; false if it must be made anew. A text gives nothing: it is encoded where it goes.</summary>
    internal bool TryBorrowBody(out ReadOnlyMemory<byte> body)
    {
        body = _bytes;
        return _content is not JsonBody json || json.TryBorrow(out body);
    }

    /// <summary>As <see cref="TryBorrowBody"/>, be it made anew.</summary>
    internal ReadOnlyMemory<byte> BorrowBody() => _content is JsonBody json && json.TryBorrow(out var body) ? body : Body;

    internal void ReturnBody() => (_content as JsonBody)?.Return();

    /// <summary>A response that is the same, to be changed for one client.</summary>
    internal Response Copy()
    {
        var copy = new Response(Status) { _content = _content, _bytes = _bytes };
        copy.CopyHead(this);
        return copy;
    }

    /// <summary>The same response with another body, for one that nobody else has.</summary>
    internal Response WithBody(ReadOnlyMemory<byte> bytes)
    {
        _content = null;
        _bytes = bytes;
        return this;
    }
}
