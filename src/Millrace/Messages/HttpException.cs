namespace Millrace;

/// <summary>An answer thrown instead of returned: the server sends its status and text (aiohttp: HTTPException).</summary>
public class HttpException : Exception
{
    /// <summary>Makes an answer with a status and a text for the client.</summary>
    /// <param name="status">The status, 200 to 599.</param>
    /// <param name="text">The body, sent as text/plain; null sends the status and its reason.</param>
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

    /// <summary>The response this stands for.</summary>
    public virtual Response ToResponse() => Response.Text(Message, Status);

    internal static string DefaultText(int status) => $"{status}: {Protocol.Semantics.StatusReasons.Phrase(status)}";
}
