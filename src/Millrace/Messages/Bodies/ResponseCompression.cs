using Millrace.Protocol.Semantics;

namespace Millrace.Messages;

/// <summary>Which coding a response is sent in, and what its head says of that (RFC 9110 section 12.5.3).</summary>
internal static class ResponseCompression
{
    /// <summary>Below this the head that says so costs more than is won.</summary>
    private const int BytesMin = 256;

    /// <summary>Chooses the coding of a response that is about to be sent and sets its fields to it.</summary>
    public static ContentCoding Apply(StreamResponse response, Request request)
    {
        if (response.Compression is null || !IsNegotiable(response))
            return ContentCoding.Identity;
        var coding = Choose(request);
        AddVary(response.Headers);
        if (coding == ContentCoding.Identity)
            return coding;
        // A 304 stands for what a 200 would have been; it has no content of its own that could be encoded.
        if (response.ETag is { IsWeak: false } tag)
            response.ETag = new ETag(tag.Value, isWeak: true);
        if (response.Status == 304)
            return ContentCoding.Identity;
        response.Headers["Content-Encoding"] = Name(coding);
        response.ContentLength = null;
        return coding;
    }

    /// <summary>A whole response as it goes to this client: itself, or a copy with its body encoded.</summary>
    public static Response Encoded(Response whole, Request request)
    {
        var body = whole.Body;
        if (!IsNegotiable(whole) || (whole.Status != 304 && body.Length < BytesMin))
            return whole;
        var encoded = whole.Copy();
        var coding = Apply(encoded, request);
        if (coding == ContentCoding.Identity)
            return encoded;
        byte[] bytes = BodyEncoder.Encode(body.Span, coding, whole.Compression.GetValueOrDefault());
        return encoded.WithBody(bytes);
    }

    public static ContentCoding Choose(Request request)
    {
        var accepted = request.View.Take(0, static (view, _) =>
        {
            var codings = default(AcceptedCodings);
            if (view.Head.Contains(KnownField.AcceptEncoding))
            {
                foreach (var field in view.Head.Fields)
                {
                    if (field.Known == KnownField.AcceptEncoding)
                        codings.Add(field.Value(view.Bytes));
                }
            }
            return codings;
        });
        var best = ContentCoding.Identity;
        int quality = accepted.QualityOf(best);
        foreach (var coding in (ReadOnlySpan<ContentCoding>)[ContentCoding.Brotli, ContentCoding.Gzip, ContentCoding.Deflate])
        {
            // At the same quality the first of ours wins, and any coding over none.
            if (accepted.QualityOf(coding) is > 0 and var offered && (offered > quality || (best == ContentCoding.Identity && offered == quality)))
                (best, quality) = (coding, offered);
        }
        return best;
    }

    private static bool IsNegotiable(StreamResponse response)
    {
        if (response.Status is 204 or 205 or 206)
            return false;
        return response.HeadersIfAny is not { } headers
            || (!headers.Contains("Content-Encoding") && !headers.Contains("Content-Range")
                && headers["Cache-Control"]?.Contains("no-transform", StringComparison.OrdinalIgnoreCase) != true);
    }

    private static void AddVary(ResponseHeaders headers)
    {
        foreach (var (name, value) in headers)
        {
            if (name.Equals("Vary", StringComparison.OrdinalIgnoreCase)
                && value.Split(',').Any(member => member.AsSpan().Trim() is "*" || member.AsSpan().Trim().Equals("Accept-Encoding", StringComparison.OrdinalIgnoreCase)))
                return;
        }
        headers.Add("Vary", "Accept-Encoding");
    }

    private static string Name(ContentCoding coding) => coding switch
    {
        ContentCoding.Brotli => "br",
        ContentCoding.Gzip => "gzip",
        _ => "deflate",
    };
}
