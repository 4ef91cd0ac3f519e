using System.Diagnostics;

namespace Millrace.Benchmarks;

/// <summary>Messages that go back and forth on WebSockets, as many as client and server manage together.</summary>
internal sealed class EchoProfile(string name, string description, int connections) : CostProfile(name, description)
{
    protected override async Task<Load> LoadAsync(ServerProcess server, int seconds, CancellationToken cancellationToken)
    {
        EchoConnection[] sockets = [.. Enumerable.Range(0, connections).Select(_ => new EchoConnection(server.Port))];
        try
        {
            var clock = Stopwatch.StartNew();
            var latencies = await Task.WhenAll(sockets.Select(socket => Task.Run(() => AskAsync(socket, clock, TimeSpan.FromSeconds(seconds), cancellationToken), cancellationToken)));
            double taken = clock.Elapsed.TotalSeconds;
            double[] all = [.. latencies.SelectMany(one => one).Order()];
            return new Load(all.Length, taken, all[all.Length / 2], all[(int)(all.Length * 99L / 100)]);
        }
        finally
        {
            foreach (var socket in sockets)
                socket.Dispose();
        }
    }

    private static async Task<List<double>> AskAsync(EchoConnection socket, Stopwatch clock, TimeSpan end, CancellationToken cancellationToken)
    {
        var latencies = new List<double>();
        while (clock.Elapsed is var before && before < end)
        {
            await socket.AskAsync(cancellationToken);
            latencies.Add((clock.Elapsed - before).TotalMilliseconds);
        }
        return latencies;
    }
}
