using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Millrace.Messages;
using Millrace.Protocol.Semantics;

namespace Millrace;

public sealed partial class Response
{
    private const int PieceBytes = 64 * 1024;

    /// <summary>The rest of a stream. It is disposed when the response is over, however that comes about; for HEAD it is not read.</summary>
    /// <param name="body">The stream. If it can seek, its length is announced; else the body is sent in chunks.</param>
    /// <param name="status">The status, 200 to 599; default 200.</param>
    /// <param name="contentType">The Content-Type field; default <c>application/octet-stream</c>.</param>
    public static StreamResponse Stream(Stream body, int status = 200, string contentType = BytesType)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new SourceResponse((writer, cancellationToken) => CopyAsync(body, writer, cancellationToken), body.DisposeAsync, status)
        {
            ContentType = contentType,
            ContentLength = body.CanSeek ? Math.Max(0, body.Length - body.Position) : null,
        };
    }

    /// <summary>Bytes piece by piece, in chunks, each on its way to the client before the next is asked for. Each piece may be used again then.</summary>
    /// <param name="pieces">The body. Its enumerator's token is cancelled when the client goes.</param>
    /// <param name="status">The status, 200 to 599; default 200.</param>
    /// <param name="contentType">The Content-Type field; default <c>application/octet-stream</c>.</param>
    public static StreamResponse Stream(IAsyncEnumerable<ReadOnlyMemory<byte>> pieces, int status = 200, string contentType = BytesType)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        return new SourceResponse(
            async (writer, cancellationToken) =>
            {
                await foreach (var piece in pieces.WithCancellation(cancellationToken).ConfigureAwait(false))
                    await writer.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
            },
            release: null, status)
        { ContentType = contentType };
    }

    /// <summary>Text piece by piece in UTF-8; see <see cref="Stream(IAsyncEnumerable{ReadOnlyMemory{byte}}, int, string)"/>.</summary>
    /// <param name="pieces">The body. Its enumerator's token is cancelled when the client goes.</param>
    /// <param name="status">The status, 200 to 599; default 200.</param>
    /// <param name="contentType">The Content-Type field; default <c>text/plain; charset=utf-8</c>. A type <c>text/*</c> without a charset gets that of UTF-8.</param>
    /// <exception cref="ArgumentException">The type names another charset than UTF-8.</exception>
    public static StreamResponse Stream(IAsyncEnumerable<string> pieces, int status = 200, string contentType = TextType)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        return new SourceResponse(
            async (writer, cancellationToken) =>
            {
                await foreach (string piece in pieces.WithCancellation(cancellationToken).ConfigureAwait(false))
                    await writer.WriteAsync(Encoding.UTF8.GetBytes(piece), cancellationToken).ConfigureAwait(false);
            },
            release: null, status)
        { ContentType = Messages.BodyText.TypeOfUtf8(contentType) };
    }

    /// <summary>Values as JSON Lines: each a line of its own, on its way to the client before the next is asked for.</summary>
    /// <param name="values">The values. Their enumerator's token is cancelled when the client goes.</param>
    /// <param name="typeInfo">The metadata, as <c>MyContext.Default.MyType</c>; it must not indent.</param>
    /// <param name="status">The status, 200 to 599; default 200.</param>
    /// <param name="contentType">The Content-Type field; default <c>application/x-ndjson</c>.</param>
    /// <exception cref="ArgumentException">The metadata's options indent: a line is a value.</exception>
    public static StreamResponse JsonLines<T>(IAsyncEnumerable<T> values, JsonTypeInfo<T> typeInfo, int status = 200, string contentType = "application/x-ndjson")
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(typeInfo);
        if (typeInfo.Options.WriteIndented)
            throw new ArgumentException("JSON Lines have a value on each line: use metadata without WriteIndented.", nameof(typeInfo));
        return new SourceResponse((writer, cancellationToken) => WriteLinesAsync(values, typeInfo, writer, cancellationToken), release: null, status) { ContentType = contentType };
    }

    /// <summary>The parts of a multipart body. Streams among them are disposed when the response is over.</summary>
    /// <param name="parts">The parts; their length is announced if that of each is known.</param>
    /// <param name="status">The status, 200 to 599; default 200.</param>
    public static StreamResponse Multipart(MultipartWriter parts, int status = 200)
    {
        ArgumentNullException.ThrowIfNull(parts);
        return new SourceResponse(parts.WriteAsync, parts.ReleaseAsync, status) { ContentType = parts.ContentType, ContentLength = parts.Length };
    }

    /// <summary>Sends the client elsewhere.</summary>
    /// <param name="location">Where to: a URL or a path. What may not stand in a URL is percent-encoded.</param>
    /// <param name="status">301, 302, 303, 307 or 308; default 302.</param>
    /// <exception cref="ArgumentException">The location is empty or has control characters, or the status is none of these.</exception>
    public static Response Redirect(string location, int status = 302)
    {
        if (status is not (301 or 302 or 303 or 307 or 308))
            throw new ArgumentOutOfRangeException(nameof(status), status, "A redirect is 301, 302, 303, 307 or 308.");
        var response = new Response(status);
        response.Headers["Location"] = LocationSyntax.Encode(location);
        return response;
    }

    /// <summary>Sends what is left of a stream.</summary>
    internal static async ValueTask CopyAsync(Stream body, ResponseWriter writer, CancellationToken cancellationToken)
    {
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            while (await body.ReadAsync(piece, cancellationToken).ConfigureAwait(false) is > 0 and var n)
                await writer.WriteAsync(piece.AsMemory(0, n), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private static async ValueTask WriteLinesAsync<T>(IAsyncEnumerable<T> values, JsonTypeInfo<T> typeInfo, ResponseWriter writer, CancellationToken cancellationToken)
    {
        var line = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(line);
        await foreach (var value in values.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            line.ResetWrittenCount();
            json.Reset(line);
            JsonSerializer.Serialize(json, value, typeInfo);
            line.Write("\n"u8);
            await writer.WriteAsync(line.WrittenMemory, cancellationToken).ConfigureAwait(false);
        }
    }
}
