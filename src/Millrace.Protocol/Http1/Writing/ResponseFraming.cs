using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Http1;

/// <summary>
/// How a response will be framed, decided once, before its head is written, from all that bears on it: the method it
/// answers, its status, the version of the request, and the length if it is known. Nothing later may change it.
/// </summary>
internal readonly record struct ResponseFraming
{
    /// <summary>What the head says: no framing field, Content-Length, chunked, or nothing because the end of the connection is the end of the body.</summary>
    public required BodyFraming Body { get; init; }

    /// <summary>Of <see cref="BodyFraming.Length"/>: what Content-Length says, also where no body follows (HEAD).</summary>
    public long ContentLength { get; init; }

    /// <summary>Whether the bytes of a body may follow the head; when not, whatever is written is dropped.</summary>
    public required bool HasBody { get; init; }

    /// <summary>Whether the connection may serve another request behind this response, as far as its framing goes.</summary>
    public required bool KeepAlive { get; init; }

    /// <summary>The length of a body that will only be known when it has been written.</summary>
    public const long UnknownLength = -1;

    /// <summary><paramref name="declaredLength"/> is that of the body as a GET would get it, or <see cref="UnknownLength"/>.</summary>
    public static ResponseFraming Decide(KnownMethod method, int status, int minorVersion, long declaredLength, bool keepAlive)
    {
        // RFC 9112 6.1, 6.3, RFC 9110 8.6: no Content-Length or Transfer-Encoding in 1xx, 204 and in 2xx to CONNECT. A 304 may
        // repeat the length of the response it stands for; it must not be wrong, so it is left out.
        // RFC 9110 9.3.6: what follows a 2xx to CONNECT is not HTTP to the client, so it must not be read as a request here.
        if (method == KnownMethod.Connect && status is >= 200 and < 300)
            return new ResponseFraming { Body = BodyFraming.None, HasBody = false, KeepAlive = false };
        if (status is < 200 or 204 or 304)
            return new ResponseFraming { Body = BodyFraming.None, HasBody = false, KeepAlive = keepAlive };

        // RFC 9110 15.3.6: a 205 has no content, and says so.
        if (status == 205)
            return new ResponseFraming { Body = BodyFraming.Length, HasBody = false, KeepAlive = keepAlive };

        // RFC 9110 9.3.2: the fields that GET would get, or without those that only its content would tell; never content.
        if (method == KnownMethod.Head)
        {
            var body = declaredLength < 0 ? BodyFraming.None : BodyFraming.Length;
            return new ResponseFraming { Body = body, ContentLength = Math.Max(declaredLength, 0), HasBody = false, KeepAlive = keepAlive };
        }

        if (declaredLength >= 0)
            return new ResponseFraming { Body = BodyFraming.Length, ContentLength = declaredLength, HasBody = true, KeepAlive = keepAlive };

        // RFC 9112 6.1: no Transfer-Encoding to a client of HTTP/1.0; there only closing ends the body (6.3).
        return minorVersion == 0
            ? new ResponseFraming { Body = BodyFraming.UntilClose, HasBody = true, KeepAlive = false }
            : new ResponseFraming { Body = BodyFraming.Chunked, HasBody = true, KeepAlive = keepAlive };
    }

    /// <summary>What to say in Connection: RFC 9112 9.3 and, for HTTP/1.0, appendix C.2.2.</summary>
    public ConnectionDirective Directive(int minorVersion)
    {
        if (!KeepAlive)
            return ConnectionDirective.Close;
        return minorVersion == 0 ? ConnectionDirective.KeepAlive : ConnectionDirective.None;
    }
}
