using System.Text.Json.Serialization.Metadata;
using Millrace.Messages;
using Millrace.Protocol.Semantics;

namespace Millrace;

/// <summary>
/// One part of a multipart body (aiohttp: BodyPartReader). Its body can be read until the next part is asked for; what is left unread is passed over.
/// </summary>
public sealed class MultipartPart
{
    private readonly MultipartReader _reader;
    private RequestBody? _body;

    internal MultipartPart(MultipartReader reader, PartHeaders headers)
    {
        _reader = reader;
        Headers = headers;
        Raw = new PartBody(reader);
        var disposition = headers["Content-Disposition"];
        Name = Parameter(disposition, "name");
        FileName = Parameter(disposition, "filename");
        // RFC 7578 section 4.8: it says nothing that counts, and so must not be trusted; but what is no number is no head.
        if (headers["Content-Length"] is { } length && (length.Length == 0 || length.AsSpan().ContainsAnyExceptInRange('0', '9')))
            throw ProtocolRefusal.Of(ProtocolFault.BadPartHead);
    }

    /// <summary>The header fields.</summary>
    public PartHeaders Headers { get; }

    /// <summary>The name of the form's field that this is (Content-Disposition), or null.</summary>
    public string? Name { get; }

    /// <summary>The file name as the client sent it, paths and all; null for what is no file. It is not safe as a name on this machine: see <see cref="SafeFileName"/>.</summary>
    public string? FileName { get; }

    /// <summary><see cref="FileName"/> without directories, drives, control characters and names that mean devices, or <c>file</c> if nothing is left; null for what is no file.</summary>
    public string? SafeFileName => FileName is null ? null : FileNames.Safe(FileName);

    /// <summary>The Content-Type field, or null; RFC 2046 section 5.1 has text/plain stand for none.</summary>
    public string? ContentType => Headers["Content-Type"];

    /// <summary>
    /// The content, decoded where the part has a Content-Transfer-Encoding (base64, quoted-printable) or a Content-Encoding (gzip, deflate, br; with
    /// the limits of <see cref="ServerOptions.DecodedBodyBytesMax"/> and <see cref="ServerOptions.DecodedBodyRatioMax"/>).
    /// </summary>
    /// <exception cref="HttpException">A coding is unknown here (415).</exception>
    public RequestBody Body => _body ??= DecodedBody.Over(
        TransferDecodedBody.Over(Raw, Headers["Content-Transfer-Encoding"]), Headers["Content-Encoding"], _reader.Limits.Decoding);

    internal PartBody Raw { get; }

    /// <summary>The whole content.</summary>
    /// <exception cref="HttpException">It is larger than <see cref="Request.BodyBytesMax"/> (413), or malformed (400).</exception>
    /// <exception cref="IOException">The client closed the connection before the end.</exception>
    public ValueTask<byte[]> ReadAsync(CancellationToken cancellationToken = default) => Body.ReadAllAsync(_reader.PartBytesMax, cancellationToken);

    /// <summary>The whole content as text in the charset of the part's Content-Type, UTF-8 by default.</summary>
    /// <exception cref="HttpException">The charset is unknown or the content is not valid in it (415), or as in <see cref="ReadAsync"/>.</exception>
    /// <exception cref="IOException">The client closed the connection before the end.</exception>
    public async ValueTask<string> TextAsync(CancellationToken cancellationToken = default) =>
        BodyText.Decode(await ReadAsync(cancellationToken).ConfigureAwait(false), BodyText.Charset(ContentType));

    /// <summary>The whole content as JSON, by source-generated metadata.</summary>
    /// <exception cref="HttpException">It is no JSON of that shape (400), or as in <see cref="ReadAsync"/>.</exception>
    /// <exception cref="IOException">The client closed the connection before the end.</exception>
    public async ValueTask<T?> JsonAsync<T>(JsonTypeInfo<T> typeInfo, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        return BodyText.Json(await ReadAsync(cancellationToken).ConfigureAwait(false), typeInfo);
    }

    /// <summary>The content as a multipart body of its own.</summary>
    /// <exception cref="HttpException">It is none (415), has no boundary, or lies deeper than <see cref="ServerOptions.MultipartDepthMax"/> (400).</exception>
    public MultipartReader Multipart() => _reader.Nested(this);

    /// <summary>The part is over: a decoder's memory goes back.</summary>
    internal void End() => (_body as DecodedBody)?.End();

    /// <summary>A parameter in its extended form if there is one (RFC 8187), else in its plain one.</summary>
    private static string? Parameter(string? disposition, string name) =>
        ExtendedValue.Decode(FieldParameters.Find(disposition, name + "*")) ?? FieldParameters.Find(disposition, name);
}
