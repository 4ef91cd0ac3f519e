using Millrace.Protocol.Semantics;

namespace Millrace.Messages;

/// <summary>Which coding a response is sent in, and what its head says of that (RFC 9110 section 12.5.3).</summary>
internal static class ResponseCompression
{
    /// <summary>What is done to a whole response for this client.</summary>
    public static CodingVerdict Judge(Response whole, Request request)
    {
        if (RulesFor(whole, request) is not { } rules || !IsNegotiable(whole, rules))
            return CodingVerdict.None;
        return Choose(request) != ContentCoding.Identity || whole.HeadersIfAny?.Contains("Vary") == true ? CodingVerdict.Changes : CodingVerdict.Varies;
    }

    /// <summary>A copy for this client, with its fields set and its body encoded.</summary>
    public static Response Encoded(Response whole, Request request)
    {
        var encoded = whole.Copy();
        var coding = Apply(encoded, request);
        if (coding == ContentCoding.Identity)
            return encoded;
        var body = whole.BorrowBody();
        try
        {
            return encoded.WithBody(BodyEncoder.Encode(body.Span, coding, RulesFor(whole, request)!.Level));
        }
        finally
        {
            whole.ReturnBody();
        }
    }

    /// <summary>Chooses the coding of a response that is about to be sent and sets its fields to it.</summary>
    public static ContentCoding Apply(StreamResponse response, Request request)
    {
        if (RulesFor(response, request) is not { } rules || !IsNegotiable(response, rules))
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
        // Ranges would be of the encoded bytes, which are made anew each time.
        response.Headers.Remove("Accept-Ranges");
        response.ContentLength = null;
        return coding;
    }

    /// <summary>What a response says of itself, else what stands around its handler.</summary>
    public static CompressionRules? RulesFor(StreamResponse response, Request request) => response.Compression ?? request.Compression;

    private static ContentCoding Choose(Request request)
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

    private static bool IsNegotiable(StreamResponse response, CompressionRules rules)
    {
        if (response.Status is 204 or 205 or 206)
            return false;
        // A 304 that does not tell its type may stand for any: a weak tag matches a strong one, but not the other way round.
        var (type, length) = response.Represented;
        if (!(response.Status == 304 && type is null && rules != CompressionRules.None) && !rules.Take(type, length))
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
