namespace Millrace.Protocol.Semantics;

/// <summary>
/// The one table from the reason of a refusal to the status and text that answer it and the name under which it is
/// counted. Texts are fixed: nothing of what the peer sent is ever reflected. They say what to change.
/// </summary>
internal static class ProtocolFaults
{
    private static readonly Entry[] Table = Build();

    public static int Status(ProtocolFault fault) => Table[(int)fault].Status;

    public static string Text(ProtocolFault fault) => Table[(int)fault].Text;

    /// <summary>snake_case, a stable value for metrics.</summary>
    public static string Name(ProtocolFault fault) => Table[(int)fault].Name;

    // The switch makes the compiler's exhaustiveness and a test guard the table, whatever the order of the enumeration.
    private static Entry Describe(ProtocolFault fault) => fault switch
    {
        ProtocolFault.None => new(0, "none", ""),
        ProtocolFault.TlsOnPlainPort => new(400, "tls_on_plain_port", "This port speaks plain HTTP; use http:// instead of https://."),
        ProtocolFault.Http2OnPlainPort => new(505, "http2_on_plain_port", "This port speaks HTTP/1.1; do not send the HTTP/2 preface."),
        ProtocolFault.TooManyEmptyLines => new(400, "too_many_empty_lines", "Too many empty lines before the request line."),
        ProtocolFault.BadMethod => new(400, "bad_method", "The method must be a token, followed by one space."),
        ProtocolFault.MethodTooLong => new(501, "method_too_long", "This server implements no method with so long a name."),
        ProtocolFault.BadTarget => new(400, "bad_target", "The request target is malformed or of a form that the method does not take; percent-encode other characters."),
        ProtocolFault.RequestLineTooLong => new(414, "request_line_too_long", "The request target is too long; send the data in a body."),
        ProtocolFault.BadVersion => new(400, "bad_version", "The request line must end with one space and HTTP/1.1 or HTTP/1.0."),
        ProtocolFault.UnsupportedVersion => new(505, "unsupported_version", "Only HTTP/1.1 and HTTP/1.0 are spoken here."),
        ProtocolFault.BareCr => new(400, "bare_cr", "A carriage return must be followed by a line feed."),
        ProtocolFault.BareLf => new(400, "bare_lf", "A line must end with a carriage return and a line feed."),
        ProtocolFault.ObsoleteFolding => new(400, "obsolete_folding", "A field line must not begin with white space; write each field on one line."),
        ProtocolFault.BadFieldName => new(400, "bad_field_name", "A field name must be a token, followed by a colon with no space before it."),
        ProtocolFault.BadFieldValue => new(400, "bad_field_value", "A field value must not hold control characters."),
        ProtocolFault.FieldTooLarge => new(431, "field_too_large", "A header field is too large."),
        ProtocolFault.TooManyFields => new(431, "too_many_fields", "There are too many header fields."),
        ProtocolFault.HeadTooLarge => new(431, "head_too_large", "The header section is too large."),
        ProtocolFault.MissingHost => new(400, "missing_host", "An HTTP/1.1 request needs a Host field."),
        ProtocolFault.SeveralHosts => new(400, "several_hosts", "Send the Host field once."),
        ProtocolFault.BadHost => new(400, "bad_host", "Host must be a host name or address, with an optional port."),
        ProtocolFault.HostMismatch => new(400, "host_mismatch", "Host must name the same authority as the request target."),
        ProtocolFault.ExpectationFailed => new(417, "expectation_failed", "The only expectation met here is 100-continue."),
        ProtocolFault.BadContentLength => new(400, "bad_content_length", "Content-Length must be one decimal number."),
        ProtocolFault.SeveralContentLengths => new(400, "several_content_lengths", "Send Content-Length once."),
        ProtocolFault.LengthAndTransferEncoding => new(400, "length_and_transfer_encoding", "Send Content-Length or Transfer-Encoding, not both."),
        ProtocolFault.BadTransferEncoding => new(400, "bad_transfer_encoding", "Transfer-Encoding must end with chunked, and have it once."),
        ProtocolFault.UnsupportedTransferCoding => new(501, "unsupported_transfer_coding", "The only transfer coding implemented here is chunked."),
        ProtocolFault.TransferEncodingInHttp10 => new(400, "transfer_encoding_in_http_1_0", "HTTP/1.0 has no Transfer-Encoding; send Content-Length."),
        ProtocolFault.BodyNotAllowed => new(400, "body_not_allowed", "A request with this method has no content."),
        ProtocolFault.BadChunkSize => new(400, "bad_chunk_size", "A chunk must begin with its size in hexadecimal digits."),
        ProtocolFault.ChunkSizeTooLarge => new(400, "chunk_size_too_large", "The chunk size is too large; send smaller chunks."),
        ProtocolFault.BadChunkExtension => new(400, "bad_chunk_extension", "A chunk extension is malformed."),
        ProtocolFault.ChunkLineTooLong => new(400, "chunk_line_too_long", "The line of a chunk size is too long."),
        ProtocolFault.ChunkExtensionsTooLarge => new(400, "chunk_extensions_too_large", "The chunk extensions of one body are too large."),
        ProtocolFault.ChunkDataNotTerminated => new(400, "chunk_data_not_terminated", "The data of a chunk must have its announced size and end with CR LF."),
        ProtocolFault.ForbiddenTrailer => new(400, "forbidden_trailer", "Framing and routing fields must not be sent as trailers."),
        ProtocolFault.TrailersTooLarge => new(431, "trailers_too_large", "The trailer section is too large."),
        ProtocolFault.BodyTooLarge => new(413, "body_too_large", "The content is larger than this resource takes."),
        ProtocolFault.LengthRequired => new(411, "length_required", "This resource needs a Content-Length."),
        ProtocolFault.BadMultipartBoundary => new(400, "bad_multipart_boundary", "Content-Type must name the boundary of the parts: 1 to 70 characters, the same as in the content."),
        ProtocolFault.BadMultipartDelimiter => new(400, "bad_multipart_delimiter", "The line of a boundary must end with CR LF or with two hyphens."),
        ProtocolFault.BadPartHead => new(400, "bad_part_head", "The head of a part is malformed; write each field on one line that ends with CR LF."),
        ProtocolFault.TooManyParts => new(413, "too_many_parts", "The content has more parts than this resource takes."),
        ProtocolFault.MultipartTooDeep => new(400, "multipart_too_deep", "The parts are nested deeper than is read here."),
        ProtocolFault.MultipartCutOff => new(400, "multipart_cut_off", "The content ends before the last boundary."),
        ProtocolFault.UnexpectedEnd => new(400, "unexpected_end", "The connection ended in the middle of the request."),
        ProtocolFault.HeadTimeout => new(408, "head_timeout", "The request did not arrive in time."),
        ProtocolFault.BodyTimeout => new(408, "body_timeout", "The content of the request did not arrive in time."),
        ProtocolFault.BodyTooSlow => new(408, "body_too_slow", "The content of the request arrived too slowly."),
        ProtocolFault.RequestTimeout => new(408, "request_timeout", "The whole request did not arrive in time."),
        ProtocolFault.TooManyConnections => new(503, "too_many_connections", "There are too many connections; try again later."),
        ProtocolFault.MethodNotImplemented => new(501, "method_not_implemented", "This server does not implement the method."),
        ProtocolFault.BadProxyHeader => new(400, "bad_proxy_header", "Connections from this address begin with a PROXY protocol header."),
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };

    private static Entry[] Build()
    {
        var faults = Enum.GetValues<ProtocolFault>();
        var table = new Entry[faults.Length];
        foreach (var fault in faults)
            table[(int)fault] = Describe(fault);
        return table;
    }

    private readonly record struct Entry(int Status, string Name, string Text);
}
