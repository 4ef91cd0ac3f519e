using System.Text;

namespace Millrace.Protocol.Semantics;

/// <summary>Reason phrases of the registered status codes (RFC 9110 15 and the IANA registry) and the status lines made of them once.</summary>
internal static class StatusReasons
{
    public const int StatusMin = 100;

    /// <summary>RFC 9110 15: codes outside 100 to 599 are invalid.</summary>
    public const int StatusMax = 599;

    private static readonly string?[] Phrases = BuildPhrases();
    private static readonly byte[]?[] Lines = BuildLines();

    /// <summary>Empty for a code without a registered phrase; RFC 9112 4 lets the phrase be absent.</summary>
    public static string Phrase(int status) => Phrases[Index(status)] ?? "";

    /// <summary><c>HTTP/1.1 200 OK CR LF</c>, whatever the version of the request was (RFC 9110 2.5: the server's own version).</summary>
    public static ReadOnlySpan<byte> StatusLine(int status)
    {
        var index = Index(status);
        // Two threads may both make the line of an unregistered code: they make the same.
        return Lines[index] ??= MakeLine(status, "");
    }

    private static int Index(int status)
    {
        if (status is < StatusMin or > StatusMax)
            throw new ArgumentOutOfRangeException(nameof(status), status, "A status code lies between 100 and 599.");
        return status - StatusMin;
    }

    private static byte[] MakeLine(int status, string phrase) => Encoding.ASCII.GetBytes($"HTTP/1.1 {status} {phrase}\r\n");

    private static byte[]?[] BuildLines()
    {
        var lines = new byte[]?[StatusMax - StatusMin + 1];
        for (var index = 0; index < lines.Length; index++)
        {
            if (Phrases[index] is { } phrase)
                lines[index] = MakeLine(index + StatusMin, phrase);
        }

        return lines;
    }

    private static string?[] BuildPhrases()
    {
        var phrases = new string?[StatusMax - StatusMin + 1];
        foreach (var (status, phrase) in Registered)
            phrases[status - StatusMin] = phrase;
        return phrases;
    }

    private static (int Status, string Phrase)[] Registered =>
    [
        (100, "Continue"), (101, "Switching Protocols"), (102, "Processing"), (103, "Early Hints"),
        (200, "OK"), (201, "Created"), (202, "Accepted"), (203, "Non-Authoritative Information"), (204, "No Content"),
        (205, "Reset Content"), (206, "Partial Content"), (207, "Multi-Status"), (208, "Already Reported"), (226, "IM Used"),
        (300, "Multiple Choices"), (301, "Moved Permanently"), (302, "Found"), (303, "See Other"), (304, "Not Modified"),
        (305, "Use Proxy"), (307, "Temporary Redirect"), (308, "Permanent Redirect"),
        (400, "Bad Request"), (401, "Unauthorized"), (402, "Payment Required"), (403, "Forbidden"), (404, "Not Found"),
        (405, "Method Not Allowed"), (406, "Not Acceptable"), (407, "Proxy Authentication Required"), (408, "Request Timeout"),
        (409, "Conflict"), (410, "Gone"), (411, "Length Required"), (412, "Precondition Failed"), (413, "Content Too Large"),
        (414, "URI Too Long"), (415, "Unsupported Media Type"), (416, "Range Not Satisfiable"), (417, "Expectation Failed"),
        (418, "I'm a Teapot"), (421, "Misdirected Request"), (422, "Unprocessable Content"), (423, "Locked"),
        (424, "Failed Dependency"), (425, "Too Early"), (426, "Upgrade Required"), (428, "Precondition Required"),
        (429, "Too Many Requests"), (431, "Request Header Fields Too Large"), (451, "Unavailable For Legal Reasons"),
        (500, "Internal Server Error"), (501, "Not Implemented"), (502, "Bad Gateway"), (503, "Service Unavailable"),
        (504, "Gateway Timeout"), (505, "HTTP Version Not Supported"), (506, "Variant Also Negotiates"),
        (507, "Insufficient Storage"), (508, "Loop Detected"), (511, "Network Authentication Required"),
    ];
}
