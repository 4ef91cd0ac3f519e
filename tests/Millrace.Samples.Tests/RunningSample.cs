using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Millrace.Samples.Tests;

/// <summary>
/// A sample as a process of its own, listening on a port that the system chose (a sample takes its port as first argument). At its end it gets SIGTERM, and must end with
/// exit code 0 and nothing on standard error.
/// </summary>
internal sealed partial class RunningSample : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly List<string> _output = [];
    private bool _hasEnded;

    private RunningSample(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>A client whose base address is where the sample listens.</summary>
    public HttpClient Client { get; } = new();

    public Uri Address => Client.BaseAddress!;

    /// <summary>Where it listens, for one that is to take its place.</summary>
    public int Port { get; private set; }

    /// <summary>The lines that the sample has printed, as far as they were read.</summary>
    public IReadOnlyList<string> Output => _output;

    /// <param name="name">The file in <c>samples</c>, as <c>hello.cs</c>.</param>
    /// <param name="arguments">What follows the port.</param>
    public static Task<RunningSample> StartAsync(string name, params string[] arguments) => StartAsync(name, 0, arguments);

    /// <param name="name">The file in <c>samples</c>, as <c>hello.cs</c>.</param>
    /// <param name="port">Where it listens: where another one did before.</param>
    /// <param name="arguments">What follows the port.</param>
    public static Task<RunningSample> StartAsync(string name, int port, params string[] arguments) => StartAsync(
    [
        "exec", "--depsfile", $"{typeof(RunningSample).Assembly.GetName().Name}.deps.json", SampleProgram.Build(name), $"{port}", .. arguments,
    ]);

    /// <param name="name">The directory in <c>samples</c> of a sample that is a project.</param>
    /// <param name="arguments">All of its arguments.</param>
    public static Task<RunningSample> StartProjectAsync(string name, params string[] arguments)
    {
        string program = typeof(RunningSample).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(pair => pair.Key == name).Value!;
        return StartAsync([program, .. arguments]);
    }

    /// <summary>What the sample has written to standard error, when it has ended.</summary>
    public Task<string> ErrorsAsync() => _errors;

    /// <summary>The next line that the sample prints; null after the last.</summary>
    public async Task<string?> ReadLineAsync()
    {
        string? line = await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience);
        if (line is not null)
            _output.Add(line);
        return line;
    }

    /// <summary>Sends SIGTERM, unless it has ended.</summary>
    public void Terminate()
    {
        if (_process.HasExited)
            return;
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Ends the sample without a warning; nothing more is asked of it.</summary>
    public async Task KillAsync()
    {
        Client.Dispose();
        _hasEnded = true;
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Patience);
        _process.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (_hasEnded)
            return;
        _hasEnded = true;
        Client.Dispose();
        try
        {
            Terminate();
            await _process.WaitForExitAsync().WaitAsync(Patience);
            Assert.Equal("", await _errors);
            Assert.Equal(0, _process.ExitCode);
        }
        finally
        {
            if (!_process.HasExited)
                _process.Kill();
            _process.Dispose();
        }
    }

    private static async Task<RunningSample> StartAsync(string[] command)
    {
        var start = new ProcessStartInfo("dotnet", command) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = AppContext.BaseDirectory };
        var sample = new RunningSample(Process.Start(start)!);
        sample.Client.BaseAddress = await sample.ReadBannerAsync();
        sample.Port = sample.Address.Port;
        return sample;
    }

    private async Task<Uri> ReadBannerAsync()
    {
        while (await ReadLineAsync() is { } line)
        {
            if (AddressPattern().Match(line) is { Success: true } match)
                return new Uri($"http://127.0.0.1:{match.Groups[1].Value}/");
        }
        throw new InvalidOperationException($"The sample ended before it listened: {await _errors}");
    }

    [GeneratedRegex(@"Running on http://\S+:(\d+)")]
    private static partial Regex AddressPattern();
}
