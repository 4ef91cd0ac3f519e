using System.Diagnostics;

namespace Millrace.Benchmarks;

/// <summary>
/// Asks at a fixed rate, whatever the server does: requests become due evenly, and go to the connections in turn. wrk cannot do
/// that: it asks again as soon as it is answered.
/// </summary>
internal sealed class PacedClient : IDisposable
{
    private static readonly byte[] Request = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"u8.ToArray();
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly RawConnection[] _connections;
    private readonly Queue<TimeSpan>[] _due;
    private readonly ReadinessPoll _poll;
    private readonly List<double> _latencies = [];
    private readonly Stopwatch _clock = new();

    public PacedClient(int port, int connections)
    {
        _connections = [.. Enumerable.Range(0, connections).Select(_ => new RawConnection(port))];
        _due = [.. _connections.Select(_ => new Queue<TimeSpan>())];
        _poll = new ReadinessPoll(_connections.Select(connection => connection.Socket));
    }

    /// <exception cref="ComparisonException">The server cannot keep up.</exception>
    public Load Run(int requestsPerSecond, int seconds, CancellationToken cancellationToken)
    {
        int total = requestsPerSecond * seconds;
        int sent = 0;
        _clock.Start();
        while (_latencies.Count < total)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_clock.Elapsed > TimeSpan.FromSeconds(seconds) + Grace)
                throw new ComparisonException($"Of {total} paced requests {_latencies.Count} were answered in time.");
            var next = sent < total ? TimeSpan.FromSeconds((double)sent / requestsPerSecond) : TimeSpan.MaxValue;
            if (next <= _clock.Elapsed)
                Send(sent++ % _connections.Length, next);
            else
                Receive(next - _clock.Elapsed);
        }
        _latencies.Sort();
        return new Load(total, _clock.Elapsed.TotalSeconds, _latencies[total / 2], _latencies[total * 99 / 100]);
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
            connection.Dispose();
    }

    private void Send(int index, TimeSpan due)
    {
        // Time counts from when a request is due, not from when it leaves: a server that lets them pile up must not hide that.
        _due[index].Enqueue(due);
        if (_due[index].Count == 1)
            _connections[index].Send(Request);
    }

    private void Receive(TimeSpan timeout)
    {
        foreach (int index in _poll.Wait(timeout))
        {
            if (_connections[index].Receive() == 0)
                continue;
            _latencies.Add((_clock.Elapsed - _due[index].Dequeue()).TotalMilliseconds);
            if (_due[index].Count > 0)
                _connections[index].Send(Request);
        }
    }
}
