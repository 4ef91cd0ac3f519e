using System.Globalization;
using System.Text;
using Millrace.Fuzz.Engine;

namespace Millrace.Differential;

/// <summary>Requests to show to both servers: by the grammar, from the case files, and either of them mutated. Seeded.</summary>
internal sealed class RequestGenerator
{
    private const int LengthMax = 3000;

    private static readonly string[] Methods = ["GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW", "get"];
    private static readonly string[] Targets = ["/", "/", "/a/b", "/x?y=z&w", "/%41%2f", "/a/../b", "//a", "/?", "*", "http://a/", "http://a/x?y", "https://a", "http://b/", "a:80", "/caf%C3%A9", "/a;b=c", "/|"];
    private static readonly string[] Hosts = ["a", "a", "a", "a", "a:80", "example.com", "[::1]:8080", "127.0.0.1", "A", ""];
    private static readonly string[] Versions = ["1.1", "1.1", "1.1", "1.1", "1.1", "1.0"];

    private static readonly string[] OtherFields =
    [
        "Connection: close", "Connection: keep-alive", "Connection: x, close", "Accept: */*", "X:", "X: \t y \t", "Cookie: a=b; c=d", "Expect: 100-continue",
        "Upgrade: x", "Keep-Alive: timeout=5", "TE: trailers", "Trailer: X", "X-Latin: caf\xE9", "Date: Sun, 06 Nov 1994 08:49:37 GMT", "Range: bytes=0-1",
    ];

    private readonly Random _random;
    private readonly Mutator _mutator;
    private readonly List<byte[]> _corpus;

    public RequestGenerator(int seed)
    {
        _random = new Random(seed);
        _mutator = new Mutator(_random, LengthMax);
        _corpus = [.. Corpus.Cases(LengthMax)];
        int cases = _corpus.Count;
        for (int i = 0; i < cases; i++)
            _corpus.Add(Valid());
    }

    public byte[] Next() => _random.Next(10) switch
    {
        < 3 => Valid(),
        3 => _corpus[_random.Next(_corpus.Count)],
        _ => _mutator.Mutate(_corpus),
    };

    // One to three requests behind each other, each in order by itself (but for pairs that the lists make by chance).
    private byte[] Valid()
    {
        var bytes = new StringBuilder();
        for (int count = _random.Next(4) == 0 ? _random.Next(1, 4) : 1; count > 0; count--)
            AppendRequest(bytes);
        return Encoding.Latin1.GetBytes(bytes.ToString());
    }

    private void AppendRequest(StringBuilder bytes)
    {
        bytes.Append(CultureInfo.InvariantCulture, $"{Any(Methods)} {Any(Targets)} HTTP/{Any(Versions)}\r\nHost: {Any(Hosts)}\r\n");
        for (int count = _random.Next(3); count > 0; count--)
            bytes.Append(Any(OtherFields)).Append("\r\n");
        switch (_random.Next(4))
        {
            case 0:
                string body = new('b', _random.Next(20));
                bytes.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n{body}");
                break;
            case 1:
                bytes.Append("Transfer-Encoding: chunked\r\n\r\n");
                AppendChunks(bytes);
                break;
            default:
                bytes.Append("\r\n");
                break;
        }
    }

    private void AppendChunks(StringBuilder bytes)
    {
        for (int count = _random.Next(4); count > 0; count--)
        {
            int size = _random.Next(1, 30);
            string extension = Any(["", "", "", ";a", ";a=b", ";a=\"b c\""]);
            bytes.Append(CultureInfo.InvariantCulture, $"{size:X}{extension}\r\n{new string('c', size)}\r\n");
        }
        bytes.Append("0\r\n").Append(Any(["", "", "", "X-Sum: 1\r\n"])).Append("\r\n");
    }

    private string Any(string[] choices) => choices[_random.Next(choices.Length)];
}
