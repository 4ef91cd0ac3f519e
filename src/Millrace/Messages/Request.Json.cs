using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Millrace.Messages;

namespace Millrace;

public sealed partial class Request
{
    private const string JsonType = "application/json";

    /// <summary>Reads the whole body as JSON, by source-generated metadata (aiohttp: <c>json()</c>). The Content-Type must be application/json or end with <c>+json</c>.</summary>
    /// <exception cref="HttpException">The Content-Type is another (415), the body is not JSON of that shape (400), or as in <see cref="ReadAsync"/>.</exception>
    /// <exception cref="IOException">The client closed the connection before the end of the body.</exception>
    public ValueTask<T?> JsonAsync<T>(JsonTypeInfo<T> typeInfo, CancellationToken cancellationToken = default) => JsonAsync(typeInfo, JsonType, cancellationToken);

    /// <summary>As <see cref="JsonAsync{T}(JsonTypeInfo{T}, CancellationToken)"/>, from a body of another Content-Type.</summary>
    /// <param name="typeInfo">The metadata, as <c>MyContext.Default.MyType</c>.</param>
    /// <param name="contentType">The media type that the body must have; null takes any, and none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<T?> JsonAsync<T>(JsonTypeInfo<T> typeInfo, string? contentType, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        CheckType(contentType);
        var bytes = await ReadAsync(cancellationToken).ConfigureAwait(false);
        return BodyText.Json(bytes.Span, typeInfo);
    }

    /// <summary>Reads the whole body as JSON, by reflection and with the web defaults of System.Text.Json (camel case). The Content-Type must be application/json or end with <c>+json</c>.</summary>
    /// <exception cref="HttpException">The Content-Type is another (415), the body is not JSON of that shape (400), or as in <see cref="ReadAsync"/>.</exception>
    /// <exception cref="IOException">The client closed the connection before the end of the body.</exception>
    [RequiresUnreferencedCode("Reads the type by reflection: pass a JsonTypeInfo where the program is trimmed.")]
    [RequiresDynamicCode("Reads the type by reflection: pass a JsonTypeInfo where the program is compiled ahead of time.")]
    public ValueTask<T?> JsonAsync<T>(CancellationToken cancellationToken = default) => JsonAsync<T>(JsonType, cancellationToken);

    /// <summary>As <see cref="JsonAsync{T}(CancellationToken)"/>, from a body of another Content-Type; null takes any, and none.</summary>
    [RequiresUnreferencedCode("Reads the type by reflection: pass a JsonTypeInfo where the program is trimmed.")]
    [RequiresDynamicCode("Reads the type by reflection: pass a JsonTypeInfo where the program is compiled ahead of time.")]
    public async ValueTask<T?> JsonAsync<T>(string? contentType, CancellationToken cancellationToken = default)
    {
        CheckType(contentType);
        var bytes = await ReadAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize<T>(bytes.Span, JsonSerializerOptions.Web);
        }
        catch (JsonException e)
        {
            throw BodyText.BadJson(e);
        }
    }

    private void CheckType(string? expected)
    {
        if (expected is null)
            return;
        string sent = BodyText.MediaType(ContentType);
        if (!(expected == JsonType ? BodyText.IsJson(sent) : sent.Equals(expected, StringComparison.OrdinalIgnoreCase)))
            throw new HttpUnsupportedMediaTypeException($"The body must be {expected}, and Content-Type must say so.", expected);
    }
}
