namespace Millrace.Benchmarks;

/// <summary>One figure of a profile.</summary>
/// <param name="Name">The head of its column.</param>
/// <param name="Format">How its numbers are written.</param>
/// <param name="IsCompared">Whether the table also gives the ratio of the two servers.</param>
internal sealed record Metric(string Name, string Format, bool IsCompared = false);

/// <summary>A way to load a server, and the figures that come of it.</summary>
internal abstract class Profile(string name, string description)
{
    public static readonly IReadOnlyList<Profile> All =
    [
        new LoadProfile("plaintext", "GET / on 64 connections", 64, "/"),
        new LoadProfile("plaintext-512", "GET / on 512 connections", 512, "/"),
        new LoadProfile("pipelined", "GET /pipeline, 16 requests in one segment, on 64 connections", 64, mix: "pipelined"),
        new LoadProfile("baseline", "GET, POST and chunked POST of numbers to add, on 64 connections", 64, mix: "baseline"),
        new LoadProfile("limited-conn", "the same, every tenth answer ends its connection", 64, mix: "limited"),
        new LoadProfile("json", "GET of 1 to 50 items as JSON, on 64 connections", 64, mix: "json"),
        new LoadProfile("json-comp", "GET of 25 to 50 items as JSON with Accept-Encoding: gzip, br, on 64 connections", 64, mix: "jsoncomp"),
        new LoadProfile("upload", "POST of 0.5, 2, 10 and 20 MB in turn, on 8 connections", 8, mix: "upload"),
        new LoadProfile("static", "GET of 20 files in turn, of which there are br and gzip forms, on 64 connections", 64, mix: "static"),
        new LoadProfile("file-1m", "GET of a file of 1 MiB, on 16 connections", 16, "/file/1m.bin"),
        new LoadProfile("file-100m", "GET of a file of 100 MiB, on 4 connections", 4, "/file/100m.bin"),
        new PacedProfile("paced", "GET / 2,000 times a second, on 16 connections"),
        new BlockProfile("block", "GET / on 16 connections, while 8 call a handler that sleeps 100 ms on its thread", "/block/100"),
        new BlockProfile("wait", "the same, the handler blocks its thread on a task of 100 ms", "/wait/100"),
        new IdleProfile("idle", "10,000 connections that have asked once and stay open"),
        new EchoProfile("echo-ws", "text messages of 32 bytes that come back, each client waiting for its own, on 64 WebSockets", 64),
        new EchoProfile("echo-ws-512", "the same on 512", 512),
        new IdleWebSocketProfile("ws-idle", "10,000 WebSockets that have had one message back and stay open"),
    ];

    public string Name => name;

    public string Description => description;

    /// <summary>What a measurement yields, in this order.</summary>
    public abstract IReadOnlyList<Metric> Metrics { get; }

    /// <summary>Whether each measurement needs a server that has seen nothing yet.</summary>
    public virtual bool NeedsFreshServer => false;

    /// <exception cref="FormatException">There is none of that name.</exception>
    public static Profile Named(string name) =>
        All.FirstOrDefault(profile => profile.Name == name) ?? throw new FormatException($"There is no profile '{name}'.");

    /// <summary>Brings a server to its steady state: compiled, optimised, its pools filled.</summary>
    public virtual Task WarmUpAsync(ServerProcess server, int seconds, CancellationToken cancellationToken) =>
        Wrk.RunAsync(server.Port, "/", mix: null, connections: 64, seconds, cancellationToken);

    public abstract Task<double[]> MeasureAsync(ServerProcess server, int seconds, CancellationToken cancellationToken);
}
