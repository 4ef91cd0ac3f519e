using System.Net;

namespace Millrace.Tests.Requests;

/// <summary>
/// A request that somebody keeps past its handler answers with its own data or throws, and never shows another request's (DESIGN.md 4).
/// </summary>
public sealed class KeptRequestTests
{
    private static readonly Dictionary<string, Func<Request, object?>> Questions = new()
    {
        ["Method"] = request => request.Method,
        ["Path"] = request => request.Path,
        ["RawTarget"] = request => request.RawTarget,
        ["QueryString"] = request => request.QueryString,
        ["Query"] = request => request.Query["q"],
        ["Version"] = request => request.Version.ToString(),
        ["Host"] = request => request.Host,
        ["Scheme"] = request => request.Scheme,
        ["ContentType"] = request => request.ContentType,
        ["Cookies"] = request => request.Cookies["c"],
        ["Headers[]"] = request => request.Headers["X-Mark"],
        ["Headers.GetValues"] = request => string.Join(",", request.Headers.GetValues("X-Mark")),
        ["Headers.Contains"] = request => request.Headers.Contains("X-Mark"),
        ["Headers.Count"] = request => request.Headers.Count,
        ["Headers, enumerated"] = request => string.Join(",", request.Headers.Select(field => $"{field.Key}={field.Value}")),
        ["Match"] = request => request.Match["name"],
        ["RemoteEndPoint"] = request => request.RemoteEndPoint?.ToString(),
        ["LocalEndPoint"] = request => request.LocalEndPoint?.ToString(),
        ["Remote"] = request => request.Remote,
        ["Body.Length"] = request => request.Body.Length,
        ["Aborted"] = request => request.Aborted.CanBeCanceled,
    };

    public static TheoryData<Kind, bool> KindsAndCaches => new MatrixTheoryData<Kind, bool>([.. Kinds.All.Select(row => row.Data)], [false, true]);

    [Theory]
    [MemberData(nameof(KindsAndCaches))]
    public async Task Each_property_answers_its_own_data_or_throws(Kind kind, bool askedBefore)
    {
        Request? kept = null;
        var answers = new Dictionary<string, object?>();
        await using var server = new RunningServer(kind, [Get("/first/{name}", request =>
        {
            kept = request;
            foreach (var (name, ask) in Questions)
            {
                if (askedBefore)
                    answers.Add(name, ask(request));
            }
            return new Response();
        }), Get("/second/{name}", request => new Response())]);
        using var client = await server.ConnectAsync();
        await client.SendAsync(Message("first"));
        await client.ReadAsync();
        await client.SendAsync(Message("second"));
        await client.ReadAsync();
        foreach (var (name, ask) in Questions)
        {
            object? answer = null;
            var thrown = Record.Exception(() => answer = ask(kept!));
            if (thrown is not null)
                Assert.IsType<ObjectDisposedException>(thrown);
            else if (askedBefore)
                Assert.Equal(answers[name], answer);
            else
                Assert.Contains(name, (string[])["Method", "Scheme", "RemoteEndPoint", "Remote", "Body.Length"]);
        }
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await new StreamResponse().PrepareAsync(kept!));
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Nobody_who_races_with_the_next_requests_sees_their_data(Kind kind)
    {
        const int Requests = 3000;
        const int Answers = 3000;
        long answered = 0;
        var kept = new Request?[1];
        using var stop = new CancellationTokenSource();
        await using var server = new RunningServer(kind, [Get("/{name}/{name2}", request =>
        {
            // The number of this request stands in all its parts.
            Volatile.Write(ref kept[0], request);
            return new Response();
        })]);
        var spying = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                if (Volatile.Read(ref kept[0]) is not { } request)
                    continue;
                string? number = null;
                foreach (var ask in (Func<Request, string?>[])[
                    request => request.Path.Split('/')[1], request => request.RawTarget.Split('/')[1], request => request.Headers["X-Number"],
                    request => request.Cookies["c"], request => request.Match["name"], request => request.QueryString, request => request.Host,
                    request => request.Headers.Last().Value, request => request.Headers.GetValues("x-number")[0], request => request.ContentType])
                {
                    try
                    {
                        string? answer = ask(request);
                        Assert.Equal(number ??= answer, answer);
                        Interlocked.Increment(ref answered);
                    }
                    catch (ObjectDisposedException)
                    {
                        break;
                    }
                }
            }
        });
        using var client = await server.ConnectAsync();
        for (int i = 0; i < Requests || (Volatile.Read(ref answered) < Answers && !spying.IsCompleted); i += 10)
        {
            // Numbers of different lengths: a head that is read at another's places falls apart.
            await client.SendAsync(string.Concat(Enumerable.Range(i, 10).Select(n => Numbered(new string((char)('a' + n % 26), 1 + n % 37)))));
            for (int n = 0; n < 10; n++)
                Assert.Equal(200, (await client.ReadAsync()).Status);
        }
        await stop.CancelAsync();
        await spying.InTime();

        static string Numbered(string n) =>
            $"GET /{n}/x?{n} HTTP/1.1\r\nX-Number: {n}\r\nHost: {n}\r\nContent-Type: {n}\r\nCookie: c={n}\r\nX-Last: {n}\r\n\r\n";
    }

    [Theory]
    [MemberData(nameof(Kinds.Network), MemberType = typeof(Kinds))]
    public async Task The_local_address_is_never_that_of_a_later_connection(Kind kind)
    {
        // A descriptor's number is used again at once: asking the system by number would tell of the next connection.
        var kept = new List<Request>();
        await using var server = new RunningServer(kind, [Get("/", request =>
        {
            kept.Add(request);
            return new Response();
        })]);
        var other = (IPEndPoint)server.Server.Listen(new IPEndPoint(IPAddress.Loopback, 0), new Transport.ListenOptions());
        await server.GetAsync("/");
        await server.ConnectionsEndedAsync();
        for (int i = 0; i < 20; i++)
        {
            using var client = await RawClient.ConnectAsync(other);
            await client.GetAsync("/");
            await client.ReadAsync();
            EndPoint? answer = null;
            if (Record.Exception(() => answer = kept[0].LocalEndPoint) is { } thrown)
                Assert.IsType<ObjectDisposedException>(thrown);
            else
                Assert.Equal(server.EndPoint, answer);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_response_begun_behind_the_handlers_back_never_spoils_another(Kind kind)
    {
        var strays = new List<Task>();
        await using var server = new RunningServer(kind, [Get("/{name}", request =>
        {
            strays.Add(Task.Run(async () =>
            {
                var stray = new StreamResponse(299);
                await stray.PrepareAsync(request);
                await stray.WriteAsync("stray");
            }));
            return Response.Text(request.Match["name"]);
        })]);
        for (int i = 0; i < 500; i++)
        {
            using var client = await server.ConnectAsync();
            await client.GetAsync($"/{i}");
            try
            {
                await client.GetAsync("/next");
                // Whole and its own, or broken off; never mixed with what is not its own.
                foreach (string expected in new[] { $"{i}", "next" })
                {
                    var response = await client.ReadAsync();
                    Assert.Equal((200, expected), (response.Status, response.Text));
                }
            }
            catch (IOException)
            {
                // Reset: nobody knows how far the stray one came.
            }
        }
        await Task.WhenAll(strays).ContinueWith(static _ => { }, TaskScheduler.Default).InTime();
        server.Log.TakeAll();
    }

    private static string Message(string name) =>
        $"GET /{name}/{name}?q={name} HTTP/1.1\r\nHost: {name}\r\nX-Mark: {name}\r\nContent-Type: {name}\r\nCookie: c={name}\r\n\r\n";
}
