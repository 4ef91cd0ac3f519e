using System.Diagnostics;
using System.Runtime.InteropServices;
using Millrace.Benchmarks;

if (args is ["--help" or "-h"])
{
    Console.WriteLine(Options.Usage);
    return 0;
}

using var stop = new CancellationTokenSource();
// Either signal ends the comparison by the ordinary way out, on which the servers it started are ended too.
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var directory = Directory.CreateTempSubdirectory("millrace-compare-");
try
{
    var options = Options.Parse(args);
    string tool = Wrk.Version();
    string data = Directory.CreateDirectory(Path.Combine(directory.FullName, "data")).FullName;
    Dataset.WriteTo(data);
    var millrace = new Contestant("Millrace", await PublishAsync("Arena"));
    var peer = options.Peer == "log"
        ? new Contestant("Logging", millrace.Program, Path.Combine(directory.FullName, "access.log"))
        : new Contestant("Kestrel", await PublishAsync("Kestrel", $"-p:StaticFiles={Path.Combine(data, Dataset.StaticDirectory)}"));

    var comparison = new Comparison(millrace, peer, data, options);
    await comparison.ValidateAsync(stop.Token);
    var outcomes = new List<Outcome>();
    foreach (var profile in options.Profiles)
        outcomes.Add(await comparison.MeasureAsync(profile, stop.Token));

    Console.WriteLine($"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, {tool}; " +
        $"medians of {options.Rounds} rounds of {options.Seconds} s, {millrace.Name} / {peer.Name}.");
    MarkdownTable.Write(Console.Out, outcomes);
    return 0;
}
catch (FormatException e)
{
    Console.Error.WriteLine($"{e.Message}\n\n{Options.Usage}");
    return 2;
}
catch (ComparisonException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}
finally
{
    directory.Delete(recursive: true);
}

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}

async Task<string> PublishAsync(string project, params string[] properties)
{
    Console.Error.WriteLine($"{project}: publishing");
    string output = Path.Combine(directory.FullName, project);
    var start = new ProcessStartInfo("dotnet", ["publish", Path.Combine(Benchmarks(), project), "-c", "Release", "-o", output, "--nologo", "-v", "q", .. properties])
    {
        RedirectStandardOutput = true,
    };
    using var publish = Process.Start(start)!;
    try
    {
        string log = await publish.StandardOutput.ReadToEndAsync(stop.Token);
        await publish.WaitForExitAsync(stop.Token);
        return publish.ExitCode == 0 ? Path.Combine(output, $"{project}.dll") : throw new ComparisonException($"{project} cannot be published.\n{log}");
    }
    finally
    {
        if (!publish.HasExited)
            publish.Kill(entireProcessTree: true);
    }
}

// The build output lies somewhere below the repository.
static string Benchmarks()
{
    for (var above = new DirectoryInfo(AppContext.BaseDirectory); above is not null; above = above.Parent)
    {
        if (File.Exists(Path.Combine(above.FullName, "Millrace.slnx")))
            return Path.Combine(above.FullName, "benchmarks");
    }
    throw new ComparisonException("The program must lie in the repository whose servers it compares.");
}
