using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Millrace.Messages;
using Millrace.Protocol.Semantics;

namespace Millrace;

/// <summary>A multipart body to be sent (aiohttp: MultipartWriter): parts are appended, <see cref="Response.Multipart"/> sends them.</summary>
/// <remarks>Each call that appends gives the header fields of the part, to add to; they refuse line breaks as those of a response do (CVE-2026-34514).</remarks>
public sealed class MultipartWriter
{
    private readonly List<Part> _parts = [];

    /// <summary>Makes a body without parts.</summary>
    /// <param name="subtype">The kind of multipart: <c>mixed</c>, <c>form-data</c>, <c>related</c>, …</param>
    /// <param name="boundary">What divides the parts, 1 to 70 characters (RFC 2046 section 5.1.1); null makes one by chance, which is best.</param>
    /// <exception cref="ArgumentException">The subtype is no token, or the boundary is not proper.</exception>
    public MultipartWriter(string subtype = "mixed", string? boundary = null)
    {
        OutgoingFields.CheckName(subtype);
        Boundary = boundary ?? Guid.NewGuid().ToString("N");
        if (!BoundarySyntax.IsBoundary(Boundary))
            throw new ArgumentException("A boundary has 1 to 70 letters, digits and '()+_,-./:=? and does not end with a space: leave it away, and one is made.", nameof(boundary));
        // RFC 2046 section 5.1.1: some of its characters ask for quotes.
        ContentType = $"multipart/{subtype}; boundary={(Boundary.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') ? Boundary : $"\"{Boundary}\"")}";
    }

    /// <summary>What divides the parts.</summary>
    public string Boundary { get; }

    /// <summary>The Content-Type of the whole.</summary>
    public string ContentType { get; }

    /// <summary>The number of parts.</summary>
    public int Count => _parts.Count;

    /// <summary>The bytes of the whole; null if those of a part are not known.</summary>
    public long? Length
    {
        get
        {
            long? sum = Boundary.Length + "----\r\n".Length;
            foreach (var part in _parts)
                sum += Head(part).Length + part.Length + "\r\n".Length;
            return sum;
        }
    }

    /// <summary>Appends bytes. They are sent from where they are: leave them unchanged until then.</summary>
    public ResponseHeaders Append(ReadOnlyMemory<byte> content, string contentType = Response.BytesType) =>
        Append(contentType, content.Length, (writer, cancellationToken) => writer.WriteAsync(content, cancellationToken));

    /// <summary>Appends text in UTF-8.</summary>
    public ResponseHeaders Append(string text, string contentType = Response.TextType)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Append(Encoding.UTF8.GetBytes(text), BodyText.TypeOfUtf8(contentType));
    }

    /// <summary>Appends the rest of a stream, which is disposed when the response is over. Its length is known if it can seek.</summary>
    public ResponseHeaders Append(Stream content, string contentType = Response.BytesType)
    {
        ArgumentNullException.ThrowIfNull(content);
        long? length = content.CanSeek ? Math.Max(0, content.Length - content.Position) : null;
        return Append(contentType, length, (writer, cancellationToken) => Response.CopyAsync(content, writer, cancellationToken), content.DisposeAsync);
    }

    /// <summary>Appends a value as JSON, by source-generated metadata.</summary>
    public ResponseHeaders AppendJson<T>(T value, JsonTypeInfo<T> typeInfo)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        return Append(JsonSerializer.SerializeToUtf8Bytes(value, typeInfo), "application/json");
    }

    /// <summary>Appends fields as application/x-www-form-urlencoded.</summary>
    public ResponseHeaders AppendForm(IEnumerable<KeyValuePair<string, string>> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        string form = string.Join('&', fields.Select(field => $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(field.Value)}"));
        return Append(Encoding.ASCII.GetBytes(form), "application/x-www-form-urlencoded");
    }

    /// <summary>Appends a multipart body, as one part.</summary>
    /// <exception cref="ArgumentException">The body is this one.</exception>
    public ResponseHeaders Append(MultipartWriter nested)
    {
        ArgumentNullException.ThrowIfNull(nested);
        if (nested == this)
            throw new ArgumentException("A multipart body cannot be a part of itself.", nameof(nested));
        return Append(nested.ContentType, nested.Length, nested.WriteAsync, nested.ReleaseAsync);
    }

    internal async ValueTask WriteAsync(ResponseWriter writer, CancellationToken cancellationToken)
    {
        foreach (var part in _parts)
        {
            await writer.WriteAsync(Head(part), cancellationToken).ConfigureAwait(false);
            await part.Write(writer, cancellationToken).ConfigureAwait(false);
            await writer.WriteAsync("\r\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        }
        await writer.WriteAsync(Encoding.ASCII.GetBytes($"--{Boundary}--\r\n"), cancellationToken).ConfigureAwait(false);
    }

    internal async ValueTask ReleaseAsync()
    {
        foreach (var part in _parts)
        {
            if (part.Release is { } release)
                await release().ConfigureAwait(false);
        }
    }

    private ResponseHeaders Append(string contentType, long? length, Func<ResponseWriter, CancellationToken, ValueTask> write, Func<ValueTask>? release = null)
    {
        var headers = new ResponseHeaders { { "Content-Type", contentType } };
        _parts.Add(new Part(headers, length, write, release));
        return headers;
    }

    private byte[] Head(Part part)
    {
        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"--{Boundary}\r\n");
        foreach (var (name, value) in part.Headers)
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        return Encoding.Latin1.GetBytes(head.Append("\r\n").ToString());
    }

    private sealed record Part(ResponseHeaders Headers, long? Length, Func<ResponseWriter, CancellationToken, ValueTask> Write, Func<ValueTask>? Release);
}
