using System.Runtime.InteropServices;
using Millrace.Hosting;

namespace Millrace.Tests.Hosting;

/// <summary>A server as a process of its own: signals end it gracefully, with exit code 0 (aiohttp.md 2.9, 5.11).</summary>
public sealed class SignalTests
{
    [Theory]
    [InlineData(ChildServer.SIGINT)]
    [InlineData(ChildServer.SIGTERM)]
    public async Task A_signal_lets_the_running_request_finish_and_the_process_ends_with_zero(int signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows sends no such signals.");
        using var server = await ChildServer.StartAsync();
        using var idle = await RawClient.ConnectAsync(server.EndPoint);
        Assert.Equal("Hello, world", (await idle.AskForAsync("/")).Text);
        using (var client = await RawClient.ConnectAsync(server.EndPoint))
        {
            await client.GetAsync("/wait");
            Assert.Equal("running", await server.ReadLineAsync());
            server.Signal(signal);
            // Closed while a request runs, so the signal has arrived.
            await idle.ExpectEndAsync();
            Assert.False(server.HasEnded);
            await server.WriteLineAsync("the answer");
            var response = await client.ReadAsync();
            Assert.Equal("the answer", response.Text);
            Assert.True(response.Closes);
            await client.ExpectEndAsync();
        }
        Assert.Equal("cleaned up", await server.ReadLineAsync());
        Assert.Equal("ended", await server.ReadLineAsync());
        Assert.Equal((0, ""), await server.EndAsync());
    }

    [Theory]
    [InlineData]
    [InlineData("--sockets")]
    public async Task A_second_signal_waits_for_no_request_but_still_cleans_up_and_the_exit_code_is_one(params string[] args)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows sends no such signals.");
        using var server = await ChildServer.StartAsync(args);
        using var idle = await RawClient.ConnectAsync(server.EndPoint);
        using var client = await RawClient.ConnectAsync(server.EndPoint);
        await client.GetAsync("/wait");
        Assert.Equal("running", await server.ReadLineAsync());
        server.Signal(ChildServer.SIGTERM);
        await idle.ExpectEndAsync();
        server.Signal(ChildServer.SIGTERM);
        Assert.Equal("cleaned up", await server.ReadLineAsync());
        Assert.Equal("ended", await server.ReadLineAsync());
        Assert.Equal(1, (await server.EndAsync()).ExitCode);
    }

    [Fact]
    public void A_signal_that_comes_at_the_very_end_does_no_harm()
    {
        using var stop = new CancellationTokenSource();
        var exit = new ExitSignals(handleSignals: false, stop.Token);
        exit.Dispose();
        for (int i = 1; i <= 3; i++)
        {
            var signal = new PosixSignalContext(PosixSignal.SIGTERM);
            exit.OnSignal(signal);
            Assert.Equal(i <= 2, signal.Cancel);
        }
        stop.Cancel();
    }

    [Fact]
    public async Task A_stuck_handler_ends_with_the_deadline_and_the_exit_code_is_zero()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows sends no such signals.");
        using var server = await ChildServer.StartAsync("--timeout", "0.1");
        using var client = await RawClient.ConnectAsync(server.EndPoint);
        await client.GetAsync("/stuck");
        Assert.Equal("running", await server.ReadLineAsync());
        server.Signal(ChildServer.SIGTERM);
        Assert.Equal("cleaned up", await server.ReadLineAsync());
        var (exitCode, errors) = await server.EndAsync();
        Assert.Equal(0, exitCode);
        Assert.Contains("1 connections had a request running", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_fails_ends_the_process_with_an_error_and_listens_nowhere()
    {
        var (exitCode, output, errors) = await ChildServer.RunAsync("--fail");
        Assert.NotEqual(0, exitCode);
        Assert.Equal("", output);
        Assert.Contains("The start fails", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_ends_the_program_by_GracefulExit()
    {
        using var server = await ChildServer.StartAsync();
        using (var client = await RawClient.ConnectAsync(server.EndPoint))
            Assert.Equal(503, (await client.AskForAsync("/exit")).Status);
        Assert.Equal("cleaned up", await server.ReadLineAsync());
        Assert.Equal("ended", await server.ReadLineAsync());
        Assert.Equal((0, ""), await server.EndAsync());
    }
}
