namespace Millrace.Tests.Conformance;

/// <summary>
/// The situations of docs/conformance.md that bytes alone make, by their numbers, against the live server on each transport. Those that need time, a
/// handler of their own or many connections have tests of their own; the page names them.
/// </summary>
public sealed partial class BlackBoxTests(ProbeServers servers) : IClassFixture<ProbeServers>
{
    private const string Host = "Host: a\r\n";
    private const string Follower = "GET / HTTP/1.1\r\n" + Host + "\r\n";

    private static readonly IReadOnlyList<(int Row, string Bytes, string Expected)> All = [.. RequestLines, .. Fields, .. Framing, .. Expectations, .. Connections];

    public static TheoryData<Kind, int> KindsAndRows
    {
        get
        {
            var data = new TheoryData<Kind, int>();
            foreach (var kind in Kinds.All)
            {
                foreach (int row in All.Select(one => one.Row).Distinct())
                    data.Add(kind.Data, row);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(KindsAndRows))]
    public async Task A_row_is_answered_as_it_says(Kind kind, int row)
    {
        foreach (var (_, bytes, expected) in All.Where(one => one.Row == row))
            await Probe.RunAsync(servers[kind], $"row {row}", bytes, expected);
    }

    private static string G(string target, string fields = "") => $"GET {target} HTTP/1.1\r\n{Host}{fields}\r\n";

    private static string P(string fields, string body, string path = "/length", string method = "POST") => $"{method} {path} HTTP/1.1\r\n{Host}{fields}\r\n{body}";

    private static string Chunked(string body, string path = "/length") => P("Transfer-Encoding: chunked\r\n", body, path);
}
