namespace Millrace;

/// <summary>An answer thrown instead of returned: the server sends its status, text, fields and cookies (aiohttp: HTTPException).</summary>
/// <remarks>
/// For a status of its own data there is a class of its own, as <see cref="HttpFoundException"/> with the Location; this one serves all the others.
/// An exception is no response: <see cref="ToResponse"/> makes one, for a handler that wants to return it, and anew for each sending.
/// </remarks>
public class HttpException : Exception
{
    private ResponseHeaders? _headers;

    /// <summary>Makes an answer with a status and a text for the client.</summary>
    /// <param name="status">The status, 200 to 599.</param>
    /// <param name="text">The body, sent as text/plain; null sends the status and its reason. 204, 205 and 304 have no body whatever stands here (RFC 9110 section 15).</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="status"/> is not a final status.</exception>
    public HttpException(int status, string? text = null)
        : base(text ?? DefaultText(status))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 200);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 599);
        Status = status;
    }

    /// <summary>The status of the answer.</summary>
    public int Status { get; }

    /// <summary>The reason phrase; null, the default, sends the registered one.</summary>
    /// <exception cref="ArgumentException">Set to a text with line breaks or other control characters.</exception>
    public string? Reason
    {
        get;
        init
        {
            if (value is not null)
                Protocol.Semantics.OutgoingFields.CheckReason(value);
            field = value;
        }
    }

    /// <summary>The Content-Type of the text; default <c>text/plain; charset=utf-8</c>. A type <c>text/*</c> without a charset gets that of UTF-8.</summary>
    /// <exception cref="ArgumentException">Set to a text with line breaks or other control characters, or that names another charset than UTF-8.</exception>
    public string ContentType
    {
        get;
        init
        {
            Protocol.Semantics.OutgoingFields.CheckValue("Content-Type", value);
            field = Messages.BodyText.TypeOfUtf8(value);
        }
    } = Response.TextType;

    /// <summary>The fields of the answer, cookies among them (<see cref="ResponseHeaders.SetCookie(ResponseCookie)"/>).</summary>
    public ResponseHeaders Headers => _headers ??= new ResponseHeaders();

    /// <summary>Makes the response this stands for.</summary>
    public virtual Response ToResponse()
    {
        var response = Status is 204 or 205 or 304 ? new Response(Status) : Response.Text(Message, Status, ContentType);
        response.Reason = Reason;
        if (_headers is not null)
            response.Headers.AddAll(_headers);
        return response;
    }

    internal static string DefaultText(int status) => $"{status}: {Protocol.Semantics.StatusReasons.Phrase(status)}";
}
