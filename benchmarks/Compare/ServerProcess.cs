using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Millrace.Benchmarks;

/// <summary>One of the two servers that are compared: its name in the table and its published program, with the file it logs requests to, if it does.</summary>
internal sealed record Contestant(string Name, string Program, string? AccessLog = null);

/// <summary>A running server, listening on a free port of the loopback. It ends when this is disposed.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private ServerProcess(Contestant contestant, string dataDirectory)
    {
        Name = contestant.Name;
        Port = FreePort();
        var start = new ProcessStartInfo("dotnet", [contestant.Program]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PORT_HTTP"] = Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["ARENA_DATA"] = dataDirectory;
        start.Environment["ACCESS_LOG"] = contestant.AccessLog;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += Collect;
        _process.ErrorDataReceived += Collect;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Name { get; }

    public int Port { get; }

    /// <summary>Resident memory now, in bytes; counted page by page, where the cheaper figures of the kernel are estimates.</summary>
    public long ResidentBytes
    {
        get
        {
            string line = File.ReadLines($"/proc/{_process.Id}/smaps_rollup").First(line => line.StartsWith("Rss:", StringComparison.Ordinal));
            return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Processor time used so far by all threads, those that have ended too.</summary>
    public TimeSpan ProcessorTime => Native.ProcessorTime(_process.Id);

    /// <summary>Starts a server and waits until it answers.</summary>
    /// <exception cref="ComparisonException">It does not.</exception>
    public static async Task<ServerProcess> StartAsync(Contestant contestant, string dataDirectory, CancellationToken cancellationToken)
    {
        var server = new ServerProcess(contestant, dataDirectory);
        try
        {
            await server.WaitUntilReadyAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks the server to end, and ends it where it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        Native.Terminate(_process.Id);
        try
        {
            await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(StopTimeout);
        }
        catch (TimeoutException)
        {
            _process.Kill();
            Console.Error.WriteLine($"{Name} did not end within {StopTimeout.TotalSeconds} s and was killed.");
        }
        _process.Dispose();
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < StartTimeout && !_process.HasExited)
        {
            try
            {
                await client.GetStringAsync($"http://127.0.0.1:{Port}/", cancellationToken);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(20, cancellationToken);
            }
        }
        lock (_output)
            throw new ComparisonException($"{Name} does not answer.\n{_output}");
    }

    private void Collect(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
            _output.AppendLine(line.Data);
    }
}
