using System.Diagnostics;
using Millrace.Cases;

namespace Millrace.Fuzz.Engine;

/// <summary>Shows a target mutated inputs for a while, and keeps the one that breaks it, made as short as it goes.</summary>
internal sealed class Runner(string findingsFolder, TextWriter output)
{
    private const int CorpusMax = 4000;
    private const int ShrinkRunsMax = 2000;
    private static readonly TimeSpan ExecutionTimeMax = TimeSpan.FromSeconds(20);

    /// <summary>True if all is as it should be: no finding, or one where there must be one.</summary>
    public bool Run(FuzzTarget target, TimeSpan time, int seed)
    {
        var corpus = Corpus.Load(target.Name, target.TakesCases, target.LengthMax);
        var outcomes = new HashSet<int>();
        var mutator = new Mutator(new Random(seed), target.LengthMax);
        var clock = Stopwatch.StartNew();
        int executions = 0, seeds = corpus.Count;
        using var watch = new HangWatch(ExecutionTimeMax, input => Save(target, input, "does not end"));
        while (executions < seeds || clock.Elapsed < time)
        {
            byte[] input = executions < seeds ? corpus[executions] : mutator.Mutate(corpus);
            executions++;
            watch.Begin(input);
            var failure = Try(target, input, out int outcome);
            watch.End();
            if (failure is not null)
            {
                Report(target, input, failure, executions, seed);
                return target.MustFail;
            }
            if (outcomes.Add(outcome) && executions > seeds && corpus.Count < CorpusMax)
                corpus.Add(input);
        }
        output.WriteLine($"{target.Name}: {executions} executions, {outcomes.Count} kinds of outcome, {seeds} seeds, {(target.MustFail ? "NOT FOUND what must be found" : "nothing found")}");
        return !target.MustFail;
    }

    /// <summary>Shows a target one input again.</summary>
    public bool Replay(FuzzTarget target, byte[] input)
    {
        var failure = Try(target, input, out int outcome);
        output.WriteLine(failure is null ? $"{target.Name}: holds, outcome {outcome:x8}" : $"{target.Name}: {failure}");
        return failure is null;
    }

    private static Exception? Try(FuzzTarget target, byte[] input, out int outcome)
    {
        outcome = 0;
        try
        {
            outcome = target.Check(input, new Random(Hash.Of(input)));
            return null;
        }
        // Whatever a target throws is what it is here to find.
#pragma warning disable CA1031
        catch (Exception e)
#pragma warning restore CA1031
        {
            return e;
        }
    }

    private void Report(FuzzTarget target, byte[] input, Exception failure, int executions, int seed)
    {
        byte[] least = Shrink(target, input, failure.GetType());
        _ = Try(target, least, out _);
        failure = Try(target, least, out _) ?? failure;
        string file = Save(target, least, failure.Message);
        if (target.MustFail)
        {
            output.WriteLine($"{target.Name}: found after {executions} executions, as it must be");
            return;
        }
        output.WriteLine($"{target.Name}: FOUND after {executions} executions, seed {seed}: {failure}");
        output.WriteLine($"  {CaseFile.Escape(least)}\n  replay with --target {target.Name} --replay {file}");
    }

    private string Save(FuzzTarget target, byte[] input, string why)
    {
        Directory.CreateDirectory(findingsFolder);
        string file = Path.Combine(findingsFolder, $"{target.Name}-{Hash.Of(input):x8}.bin");
        File.WriteAllBytes(file, input);
        if (!target.MustFail)
            output.WriteLine($"{target.Name}: {why}; saved as {file}");
        return file;
    }

    // Takes ever smaller pieces out as long as the same kind of failure stays.
    private static byte[] Shrink(FuzzTarget target, byte[] input, Type failure)
    {
        int runs = 0;
        for (int size = Math.Max(1, input.Length / 2); size > 0; size /= 2)
        {
            for (int at = 0; at + size <= input.Length && runs < ShrinkRunsMax; runs++)
            {
                byte[] shorter = [.. input[..at], .. input[(at + size)..]];
                if (Try(target, shorter, out _)?.GetType() == failure)
                    input = shorter;
                else
                    at += size;
            }
        }
        return input;
    }
}
