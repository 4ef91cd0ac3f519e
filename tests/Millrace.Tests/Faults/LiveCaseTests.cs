using Millrace.Cases;

namespace Millrace.Tests.Faults;

/// <summary>
/// Every protocol case of tests/cases, shown to a live server: what is proper is answered, what is malformed gets its status and a closed connection, and the
/// server serves on. The transport cuts what the server reads, so that each cut is seen whatever the network does.
/// </summary>
public sealed class LiveCaseTests
{
    private const int ByteByByteMax = 40_000;

    private static readonly ILookup<string, ProtocolCase> Cases =
        CaseFile.LoadFolder(Path.Combine(AppContext.BaseDirectory, "cases", "http1")).ToLookup(one => one.File);

    public static TheoryData<Kind, string> KindsAndFiles
    {
        get
        {
            var rows = new TheoryData<Kind, string>();
            foreach (var kind in Kinds.All)
            {
                foreach (string file in Cases.Select(file => file.Key))
                    rows.Add(kind.Data, file);
            }
            return rows;
        }
    }

    public static TheoryData<string> Files => [.. Cases.Select(file => file.Key)];

    [Fact]
    public void There_are_at_least_150_malformed_requests_among_500_cases()
    {
        var all = Cases.SelectMany(file => file).ToList();
        Assert.True(all.Count >= 500, $"There are {all.Count} cases.");
        Assert.True(all.Count(one => one.IsMalformed) >= 150, $"There are {all.Count(one => one.IsMalformed)} malformed cases.");
    }

    [Theory, MemberData(nameof(KindsAndFiles))]
    public async Task Every_case_is_answered_as_it_says_when_it_comes_whole(Kind kind, string file)
    {
        await using var server = Start(kind, out _);
        foreach (var one in Cases[file])
            await ShowAsync(server, one);
        await ExpectServedAsync(server);
    }

    [Theory, MemberData(nameof(KindsAndFiles))]
    public async Task Every_case_is_answered_as_it_says_when_it_comes_byte_by_byte(Kind kind, string file)
    {
        await using var server = Start(kind, out var transport);
        (transport.FirstPiece, transport.LaterPieces) = (1, 1);
        foreach (var one in Cases[file].Where(one => one.Bytes.Length <= ByteByByteMax))
            await ShowAsync(server, one);
        await ExpectServedAsync(server);
    }

    [Theory, MemberData(nameof(KindsAndFiles))]
    public async Task Every_case_is_answered_as_it_says_when_it_is_cut_in_two_at_any_place(Kind kind, string file)
    {
        await using var server = Start(kind, out var transport);
        foreach (var one in Cases[file])
        {
            foreach (int cut in CutsOf(one.Bytes.Length))
            {
                transport.FirstPiece = cut;
                await ShowAsync(server, one);
            }
        }
        await ExpectServedAsync(server);
    }

    // A long case is long by repetition: its ends and some places in between say what all places would.
    private static IEnumerable<int> CutsOf(int length) =>
        Enumerable.Range(1, Math.Max(0, length - 1)).Where(cut => length <= 400 || cut <= 100 || cut >= length - 100 || cut % 97 == 0);

    private static RunningServer Start(Kind kind, out CuttingTransport transport)
    {
        CuttingTransport? cutting = null;
        var server = new RunningServer(kind, AnswerAsync, new ServerOptions { BodyBytesMax = 16 * 1024 * 1024 }, inner => cutting = new CuttingTransport(inner));
        transport = cutting!;
        return server;
    }

    private static async ValueTask<StreamResponse> AnswerAsync(Request request)
    {
        await request.ReadAsync();
        // A success would open a tunnel, which has no framing.
        return new Response(request.Method == "CONNECT" ? 405 : 200);
    }

    private static async Task ShowAsync(RunningServer server, ProtocolCase one)
    {
        using var client = await server.ConnectAsync();
        // Whoever breaks the rules may be answered and closed before the last byte.
        await client.TrySendAsync(one.Bytes);
        client.TryCompleteWrites();
        var answers = await ReadAnswersAsync(client, one);
        if (one.IsMalformed)
        {
            Assert.True(answers.Count > 0, $"No answer: {one}");
            Assert.True(answers[^1].Status == one.FaultStatus, $"{one}: the answer was {answers[^1].Head}");
            Assert.True(answers[^1].Closes, $"{one}: no Connection: close in {answers[^1].Head}");
        }
        int good = one.IsMalformed ? answers.Count - 1 : answers.Count;
        int cutShort = one.Events.Contains("incomplete") || one.IsMalformed ? 1 : 0;
        Assert.True(good >= one.RequestCount - cutShort && good <= one.RequestCount, $"{one}: {good} answers for {one.RequestCount} requests");
        Assert.All(answers.Take(one.RequestCount - cutShort), answer => Assert.Contains(answer.Status, new[] { 200, 405 }));
    }

    private static async Task<List<RawResponse>> ReadAnswersAsync(RawClient client, ProtocolCase one)
    {
        var answers = new List<RawResponse>();
        try
        {
            while (await client.TryReadAsync() is { } answer)
            {
                if (answer.Status != 100)
                    answers.Add(answer);
            }
        }
        catch (IOException e)
        {
            Assert.Fail($"{one}: the connection was reset after {answers.Count} answers: {e.Message}");
        }
        return answers;
    }

    private static async Task ExpectServedAsync(RunningServer server) => Assert.Equal(200, (await server.GetAsync("/")).Status);
}
