using System.Diagnostics;
using System.Net;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Millrace.Tests.Support;

/// <summary>The program in Child as a process of its own. It is killed if it does not end by itself.</summary>
internal sealed partial class ChildServer : IDisposable
{
    public const int SIGINT = 2;
    public const int SIGTERM = 15;

    private static readonly string Program = typeof(ChildServer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(pair => pair.Key == "Child").Value!;

    private readonly Process _process;

    private ChildServer(Process process, IPEndPoint endPoint, bool isEncrypted)
    {
        _process = process;
        EndPoint = endPoint;
        IsEncrypted = isEncrypted;
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Whether it speaks TLS, with a certificate that it made itself.</summary>
    public bool IsEncrypted { get; }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    private static string Dotnet => Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    public static Task<ChildServer> StartAsync(params string[] args) => StartAsync(new ProcessStartInfo(Dotnet, [Program, .. args]));

    /// <summary>Starts it as systemd does: with a listening socket as descriptor 3.</summary>
    public static Task<ChildServer> ActivateAsync(System.Net.Sockets.Socket socket, params string[] args)
    {
        int descriptor = (int)socket.Handle;
        // FD_CLOEXEC away: the child inherits it.
        Assert.Equal(0, fcntl(descriptor, 2, 0));
        string script = $"export LISTEN_PID=$$ LISTEN_FDS=1; exec \"$@\" 3<&{descriptor}";
        return StartAsync(new ProcessStartInfo("bash", ["-c", script, "bash", Dotnet, Program, "--systemd", .. args]));
    }

    /// <summary>Runs it to an end of its own.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo(Dotnet, [Program, .. args]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync().InTime();
        await process.WaitForExitAsync().InTime();
        return (process.ExitCode, await output.InTime(), errors);
    }

    public void Signal(int signal) => Assert.Equal(0, kill(_process.Id, signal));

    public async Task<string?> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync().InTime();

    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code, and what it wrote as errors.</returns>
    public async Task<(int ExitCode, string Errors)> EndAsync()
    {
        await _process.WaitForExitAsync().InTime();
        return (_process.ExitCode, await _process.StandardError.ReadToEndAsync().InTime());
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private static async Task<ChildServer> StartAsync(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        var process = Process.Start(start)!;
        string banner = await process.StandardOutput.ReadLineAsync().InTime() ?? await process.StandardError.ReadToEndAsync().InTime();
        Assert.Matches(@"^======== Running on https?://127\.0\.0\.1:\d+ ========$", banner);
        Assert.Equal("(Press CTRL+C to quit)", await process.StandardOutput.ReadLineAsync().InTime());
        return new ChildServer(process, IPEndPoint.Parse(banner.Split("//")[1].Split(' ')[0]), banner.Contains("https", StringComparison.Ordinal));
    }

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int kill(int process, int signal);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int fcntl(int descriptor, int command, int value);
}
