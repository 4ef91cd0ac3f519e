using System.Diagnostics;
using System.Net;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Millrace.Tests.Hosting;

/// <summary>A server as a process of its own: signals end it gracefully, with exit code 0.</summary>
public sealed partial class SignalTests
{
    private const int SIGINT = 2;
    private const int SIGTERM = 15;

    private static readonly string Program = typeof(SignalTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(pair => pair.Key == "Child").Value!;

    [Theory]
    [InlineData(SIGINT)]
    [InlineData(SIGTERM)]
    public async Task A_signal_lets_the_running_request_finish_and_the_process_ends_with_zero(int signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows sends no such signals.");
        using var process = Start();
        try
        {
            var endPoint = await ReadBannerAsync(process);
            using var idle = await RawClient.ConnectAsync(endPoint);
            await idle.GetAsync("/");
            Assert.Equal("Hello, world", (await idle.ReadAsync()).Text);
            using (var client = await RawClient.ConnectAsync(endPoint))
            {
                await client.GetAsync("/wait");
                Assert.Equal("running", await process.StandardOutput.ReadLineAsync().InTime());
                Assert.Equal(0, Kill(process.Id, signal));
                // Closed at once, so the signal has arrived.
                await idle.ExpectEndAsync();
                Assert.False(process.HasExited);
                await process.StandardInput.WriteLineAsync("the answer");
                await process.StandardInput.FlushAsync();
                var response = await client.ReadAsync();
                Assert.Equal("the answer", response.Text);
                Assert.True(response.Closes);
                await client.ExpectEndAsync();
            }
            Assert.Equal("ended", await process.StandardOutput.ReadLineAsync().InTime());
            await process.WaitForExitAsync().InTime();
            Assert.Equal(0, process.ExitCode);
            Assert.Equal("", await process.StandardError.ReadToEndAsync().InTime());
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    [Fact]
    public async Task A_second_signal_ends_the_process_that_still_waits_for_a_request()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows sends no such signals.");
        using var process = Start();
        try
        {
            var endPoint = await ReadBannerAsync(process);
            using var idle = await RawClient.ConnectAsync(endPoint);
            using var client = await RawClient.ConnectAsync(endPoint);
            await client.GetAsync("/wait");
            Assert.Equal("running", await process.StandardOutput.ReadLineAsync().InTime());
            Assert.Equal(0, Kill(process.Id, SIGTERM));
            await idle.ExpectEndAsync();
            Assert.Equal(0, Kill(process.Id, SIGTERM));
            await process.WaitForExitAsync().InTime();
            Assert.NotEqual(0, process.ExitCode);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private static Process Start() => Process.Start(new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet", [Program])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static async Task<IPEndPoint> ReadBannerAsync(Process process)
    {
        string banner = (await process.StandardOutput.ReadLineAsync().InTime())!;
        Assert.Matches(@"^======== Running on http://127\.0\.0\.1:\d+ ========$", banner);
        Assert.Equal("(Press CTRL+C to quit)", await process.StandardOutput.ReadLineAsync().InTime());
        return IPEndPoint.Parse(banner.Split("//")[1].Split(' ')[0]);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
