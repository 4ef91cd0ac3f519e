using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Millrace.Telemetry;

namespace Millrace.Tests.Hosting;

/// <summary>The access log: what stands in a line, and that nothing a client or a logger does gets in the way.</summary>
public sealed class AccessLogTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 5, 14, 7, 9, TimeSpan.Zero);

    [Theory]
    [InlineData("%a", "127.0.0.1")]
    [InlineData("%t", "[05/Mar/2026:14:07:09 +0000]")]
    [InlineData("%r", "GET /here?a=b%20c HTTP/1.1")]
    [InlineData("%s", "201")]
    [InlineData("%T", "1")]
    [InlineData("%Tf", "1.500000")]
    [InlineData("%D", "1500000")]
    [InlineData("%{X-One}i", "first")]
    [InlineData("%{x-one}i", "first")]
    [InlineData("%{X-None}i", "-")]
    [InlineData("%{X-Answer}o", "yes")]
    [InlineData("%{Content-Type}o", "text/plain; charset=utf-8")]
    [InlineData("%{X-None}o", "-")]
    [InlineData("%%", "%")]
    [InlineData("%%a %s%%%s é", "%a 201%201 é")]
    [InlineData("%Ts", "1s")]
    public async Task Each_letter_of_the_format_has_its_value(string format, string expected) => Assert.Equal(expected + "\n", await LineAsync(format));

    [Fact]
    public async Task The_process_and_the_bytes_sent_are_numbers()
    {
        Assert.Equal($"<{Environment.ProcessId}>\n", await LineAsync("%P"));
        var time = new FakeTimeProvider(Start);
        var output = new MemoryStream();
        await using (var server = new RunningServer(Kind.InMemory, Routes(time), new ServerOptions { TimeProvider = time, AccessLog = new AccessLogger("%b") { Output = output } }))
        {
            using var client = await server.ConnectAsync();
            await client.SendAsync("GET /here HTTP/1.1\r\nHost: a\r\n\r\nGET /large HTTP/1.1\r\nHost: a\r\n\r\nGET /stream HTTP/1.1\r\nHost: a\r\n\r\nHEAD /here HTTP/1.1\r\nHost: a\r\n\r\n");
            for (int i = 0; i < 4; i++)
                await client.ReadAsync(toHead: i == 3);
            long received = client.InMemory.BytesFromServer;
            // A connection that was used just now is not idle for the server's end, and no time goes by here.
            client.Dispose();
            Assert.Equal(received, await SumAsync(server, output, 4));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task The_default_line_is_that_of_aiohttp(Kind kind)
    {
        // Row 230.
        var output = new MemoryStream();
        await using (var server = new RunningServer(kind, Routes(TimeProvider.System), new ServerOptions { AccessLog = new AccessLogger { Output = output } }))
            await server.AskAsync("GET /here HTTP/1.1\r\nHost: a\r\nReferer: http://b/\r\nUser-Agent: curl/8\r\n\r\n");
        Assert.Matches(@"^127\.0\.0\.1 \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] ""GET /here HTTP/1\.1"" 201 \d+ ""http://b/"" ""curl/8""\n$", Text(output));
    }

    [Theory]
    [InlineData("%")]
    [InlineData("%h")]
    [InlineData("%{X}e")]
    [InlineData("%{X}s")]
    [InlineData("%{}i")]
    [InlineData("%{X")]
    [InlineData("%i")]
    public void A_letter_that_does_not_exist_is_refused_by_name(string format) =>
        Assert.Contains($"'{format}'", Assert.Throws<FormatException>(() => new AccessLogger("%a " + format)).Message, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task What_a_client_sends_ends_no_line_and_no_quoted_value(Kind kind)
    {
        // Row 231: control characters other than a tab do not get this far.
        var output = new MemoryStream();
        await using (var server = new RunningServer(kind, Routes(TimeProvider.System), new ServerOptions { AccessLog = new AccessLogger("\"%{User-Agent}i\"") { Output = output } }))
            await server.AskAsync("GET /here HTTP/1.1\r\nHost: a\r\nUser-Agent: a\"b\\c\td\u00e9\r\n\r\n");
        Assert.Equal("\"a\\\"b\\\\c\\x09d\\xe9\"\n", Text(output));
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_client_that_was_refused_has_a_line(Kind kind)
    {
        // Row 232.
        var output = new MemoryStream();
        await using (var server = new RunningServer(kind, Routes(TimeProvider.System), new ServerOptions { AccessLog = new AccessLogger("%a \"%r\" %s %{A}i") { Output = output } }))
        {
            Assert.Equal(400, (await server.AskAsync("GET / HTTP/1.1\r\n bad\r\n\r\n")).Status);
            Assert.Equal(404, (await server.GetAsync("/nowhere")).Status);
            Assert.Equal(500, (await server.GetAsync("/throws")).Status);
            server.Log.TakeOne();
        }
        Assert.Equal("127.0.0.1 \"-\" 400 -\n127.0.0.1 \"GET /nowhere HTTP/1.1\" 404 -\n127.0.0.1 \"GET /throws HTTP/1.1\" 500 -\n", Text(output));
    }

    [Fact]
    public async Task Loggers_get_the_line_and_its_values_by_name()
    {
        var log = new StateLogger();
        await using (var server = new RunningServer(Kind.InMemory, Routes(TimeProvider.System), new ServerOptions { AccessLog = new AccessLogger("%r %s %{X-One}i") { Logger = log } }))
            await server.AskAsync("GET /here HTTP/1.1\r\nHost: a\r\nX-One: first\r\n\r\n");
        var (level, text, values) = Assert.Single(log.Seen);
        Assert.Equal(LogLevel.Information, level);
        Assert.Equal("GET /here HTTP/1.1 201 first", text);
        Assert.Equal(201, values["Status"]);
        Assert.Equal("GET /here HTTP/1.1", values["RequestLine"]);
        Assert.Equal("first", values["RequestHeader.X-One"]);
    }

    [Fact]
    public async Task The_servers_own_loggers_are_taken_where_no_other_is_named()
    {
        var loggers = new LogRecorder();
        await using (var server = new RunningServer(Kind.InMemory, Routes(TimeProvider.System), new ServerOptions { LoggerFactory = loggers, AccessLog = new AccessLogger("%s") }))
            await server.GetAsync("/here");
        Assert.Equal(("Millrace.Access", "201"), loggers.Lines.Select(line => (line.Category, line.Text)).Single());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ones_own_logger_may_wait_and_reads_the_request(bool waits)
    {
        var seen = new List<string>();
        var gate = new Gate();
        if (!waits)
            gate.Open();
        var options = new ServerOptions
        {
            AccessLog = new OwnLogger(async record =>
            {
                await gate.PassAsync();
                seen.Add($"{record.Request!.Headers["X-One"]} {record.Response!.Status} {record.Status} {record.Duration >= TimeSpan.Zero}");
            }),
        };
        await using var server = new RunningServer(Kind.InMemory, Routes(TimeProvider.System), options);
        using var client = await server.ConnectAsync();
        await client.SendAsync("GET /here HTTP/1.1\r\nHost: a\r\nX-One: 1\r\n\r\n");
        await gate.Arrived;
        gate.Open();
        await client.ReadAsync();
        await client.SendAsync("GET /here HTTP/1.1\r\nHost: a\r\nX-One: 2\r\n\r\n");
        await client.ReadAsync();
        await server.StopAsync();
        Assert.Equal(["1 201 201 True", "2 201 201 True"], seen);
    }

    [Fact]
    public async Task A_logger_that_fails_changes_nothing_for_the_client()
    {
        // Row 230.
        await using var server = new RunningServer(Kind.InMemory, Routes(TimeProvider.System), new ServerOptions { AccessLog = new OwnLogger(_ => throw new InvalidOperationException("oops")) });
        Assert.Equal(201, (await server.GetAsync("/here")).Status);
        await server.StopAsync();
        Assert.Equal("oops", server.Log.TakeOne().Exception!.Message);
    }

    [Fact]
    public async Task A_logger_that_is_off_does_not_even_look_at_the_clock()
    {
        var time = new CountingTime();
        await using var server = new RunningServer(Kind.InMemory, Routes(TimeProvider.System), new ServerOptions { TimeProvider = time, DateHeader = false, AccessLog = new OwnLogger(_ => throw new InvalidOperationException()) { IsOn = false } });
        await server.GetAsync("/here");
        int before = time.TimestampReads;
        await server.GetAsync("/here");
        int off = time.TimestampReads - before;
        await using var without = new RunningServer(Kind.InMemory, Routes(TimeProvider.System), new ServerOptions { TimeProvider = time, DateHeader = false });
        await without.GetAsync("/here");
        before = time.TimestampReads;
        await without.GetAsync("/here");
        Assert.Equal(time.TimestampReads - before, off);
    }

    [Fact]
    public async Task What_finds_no_room_is_dropped_and_counted_and_nobody_waits()
    {
        var written = new List<int>();
        var gate = new ManualResetEventSlim();
        var queue = new BatchQueue<int>(10, batch =>
        {
            gate.Wait(TimeSpan.FromSeconds(30), CancellationToken.None);
            written.AddRange(batch.Span);
        });
        for (int i = 0; i < 1000; i++)
            queue.Append([i]);
        Assert.InRange(queue.Dropped, 980, 990);
        gate.Set();
        await queue.DrainAsync().InTime();
        Assert.Equal(1000 - queue.Dropped, written.Count);
        Assert.Equal(written.Order(), written);
        queue.Append([7]);
        await queue.DrainAsync().InTime();
        Assert.Equal(7, written[^1]);
    }

    [Fact]
    public async Task An_output_that_fails_is_counted_and_the_next_batch_is_tried()
    {
        int calls = 0;
        var queue = new BatchQueue<int>(10, _ => { calls++; throw new IOException(); });
        for (int i = 1; i <= 2; i++)
        {
            queue.Append([i]);
            await queue.DrainAsync().InTime();
            Assert.Equal((i, i), (calls, queue.Dropped));
        }
    }

    private static async Task<string> LineAsync(string format)
    {
        var time = new FakeTimeProvider(Start);
        var output = new MemoryStream();
        await using (var server = new RunningServer(Kind.InMemory, Routes(time), new ServerOptions { TimeProvider = time, AccessLog = new AccessLogger(format) { Output = output } }))
            await server.AskAsync("GET /here?a=b%20c HTTP/1.1\r\nHost: a\r\nX-One: first\r\nX-One: second\r\n\r\n");
        return Text(output);
    }

    private static Route[] Routes(TimeProvider time) =>
    [
        Get("/here", request =>
        {
            (time as FakeTimeProvider)?.Advance(TimeSpan.FromSeconds(1.5));
            var response = Response.Text("hello", 201);
            response.Headers["X-Answer"] = "yes";
            return response;
        }),
        Get("/large", request => Response.Bytes(Patterns.Bytes(100_000))),
        Get("/stream", async request =>
        {
            var response = new StreamResponse();
            await response.PrepareAsync(request);
            await response.WriteAsync(Patterns.Bytes(50_000));
            await response.WriteAsync(Patterns.Bytes(500));
            return response;
        }),
        Get("/throws", StreamResponse (Request request) => throw new InvalidOperationException("oops")),
    ];

    private static async Task<long> SumAsync(RunningServer server, MemoryStream output, int lines)
    {
        await server.StopAsync();
        await server.Server.DisposeAsync();
        string[] numbers = Text(output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(lines, numbers.Length);
        return numbers.Sum(number => long.Parse(number, CultureInfo.InvariantCulture));
    }

    private static string Text(MemoryStream output) => Encoding.UTF8.GetString(output.ToArray());

    private sealed class OwnLogger(Func<AccessRecord, ValueTask> log) : AbstractAccessLogger
    {
        public bool IsOn { get; init; } = true;

        public override bool IsEnabled => IsOn;

        public override ValueTask LogAsync(AccessRecord record) => log(record);
    }

    private sealed class StateLogger : ILogger
    {
        public List<(LogLevel Level, string Text, Dictionary<string, object?> Values)> Seen { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Seen.Add((logLevel, formatter(state, exception), new((IEnumerable<KeyValuePair<string, object?>>)state!)));
    }

    private sealed class CountingTime : TimeProvider
    {
        private int _reads;

        public int TimestampReads => Volatile.Read(ref _reads);

        public override long GetTimestamp()
        {
            Interlocked.Increment(ref _reads);
            return base.GetTimestamp();
        }
    }
}
