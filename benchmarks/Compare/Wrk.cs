using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Millrace.Benchmarks;

/// <summary>What a load client saw.</summary>
/// <param name="Requests">Answers received.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="P50">The median time to an answer, in milliseconds; not a number if the client does not know.</param>
/// <param name="P99">The time that 99 of 100 answers kept to, likewise.</param>
internal sealed record Load(long Requests, double Seconds, double P50, double P99)
{
    public double PerSecond => Requests / Seconds;
}

/// <summary>The load tool wrk, on one thread.</summary>
internal static class Wrk
{
    private const double MicrosecondsPerMillisecond = 1000;
    private const double ErrorShareMax = 0.001;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);
    private static readonly string Script = Path.Combine(AppContext.BaseDirectory, "load.lua");

    /// <summary>The version line of wrk, which is proof that it is there.</summary>
    /// <exception cref="ComparisonException">It is not.</exception>
    public static string Version()
    {
        try
        {
            using var wrk = Process.Start(new ProcessStartInfo("wrk", "-v") { RedirectStandardOutput = true })!;
            string first = wrk.StandardOutput.ReadToEnd().Split('\n')[0];
            wrk.WaitForExit();
            return string.Join(' ', first.Split(' ').Take(2));
        }
        catch (Win32Exception)
        {
            throw new ComparisonException("wrk is not installed. On Debian and Ubuntu: apt-get install wrk. Elsewhere: https://github.com/wg/wrk");
        }
    }

    /// <param name="port">Where the server listens.</param>
    /// <param name="path">The target, where <paramref name="mix"/> is null.</param>
    /// <param name="mix">A mix of requests that load.lua knows.</param>
    /// <param name="connections">Connections held at the same time.</param>
    /// <param name="seconds">How long to load.</param>
    /// <param name="cancellationToken">Ends wrk.</param>
    /// <exception cref="ComparisonException">There were too many errors, or wrk did not end.</exception>
    public static async Task<Load> RunAsync(int port, string path, string? mix, int connections, int seconds, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("wrk") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] options = ["-t1", $"-c{connections}", $"-d{seconds}s", "--timeout", "10s", "-s", Script, $"http://127.0.0.1:{port}{path}"];
        foreach (string option in mix is null ? options : [.. options, "--", mix])
            start.ArgumentList.Add(option);

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(seconds) + Grace);
        using var wrk = Process.Start(start)!;
        try
        {
            var errors = wrk.StandardError.ReadToEndAsync(deadline.Token);
            string output = await wrk.StandardOutput.ReadToEndAsync(deadline.Token);
            await wrk.WaitForExitAsync(deadline.Token);
            return Parse(output) ?? throw new ComparisonException($"wrk measured nothing.\n{output}{await errors}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ComparisonException($"wrk did not end {Grace.TotalSeconds} s after its time.");
        }
        finally
        {
            if (!wrk.HasExited)
                wrk.Kill();
        }
    }

    private static Load? Parse(string output)
    {
        string? line = output.Split('\n').LastOrDefault(line => line.StartsWith('{'));
        if (line is null)
            return null;
        var seen = JsonSerializer.Deserialize<Summary>(line, JsonSerializerOptions.Web)!;
        if (seen.Requests == 0 || seen.Errors > ErrorShareMax * seen.Requests)
            throw new ComparisonException(string.Create(CultureInfo.InvariantCulture, $"wrk saw {seen.Errors} errors in {seen.Requests} requests.\n{output}"));
        return new Load(seen.Requests, seen.Microseconds / 1e6, Milliseconds(seen.P50), Milliseconds(seen.P99));
    }

    // wrk adds answers that it thinks it missed, some of them faster than any it saw, and then cannot find the percentile: it says 0.
    private static double Milliseconds(long microseconds) => microseconds == 0 ? double.NaN : microseconds / MicrosecondsPerMillisecond;

    private sealed record Summary(long Requests, long Microseconds, long P50, long P99, long Errors);
}
