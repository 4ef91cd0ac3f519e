namespace Millrace.Micro;

/// <summary>Heads of requests as they are met: of a load tool, and of a browser.</summary>
internal static class RequestHeads
{
    public static readonly byte[] Wrk = """
        GET / HTTP/1.1
        Host: 127.0.0.1:8080


        """u8.WithLineEnds();

    public static readonly byte[] Browser = """
        GET /articles/2026/11/an-event-loop?ref=home&page=2 HTTP/1.1
        Host: www.example.com
        Connection: keep-alive
        Cache-Control: max-age=0
        sec-ch-ua: "Chromium";v="142", "Not?A_Brand";v="24"
        sec-ch-ua-mobile: ?0
        sec-ch-ua-platform: "Linux"
        Upgrade-Insecure-Requests: 1
        User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36
        Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8
        Sec-Fetch-Site: same-origin
        Sec-Fetch-Mode: navigate
        Sec-Fetch-Dest: document
        Referer: https://www.example.com/articles
        Accept-Encoding: gzip, deflate, br, zstd
        Accept-Language: en-GB,en;q=0.9,de;q=0.8
        Cookie: session=8f14e45fceea167a5a36dedd4bea2543; theme=dark; consent=2026-01-17


        """u8.WithLineEnds();

    /// <summary>Source files end their lines with LF, messages with CRLF.</summary>
    private static byte[] WithLineEnds(this ReadOnlySpan<byte> text)
    {
        var bytes = new List<byte>();
        foreach (byte b in text)
        {
            if (b == '\n')
                bytes.Add((byte)'\r');
            bytes.Add(b);
        }
        return [.. bytes];
    }
}
