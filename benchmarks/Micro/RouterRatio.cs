using System.Diagnostics;
using System.Globalization;

namespace Millrace.Micro;

/// <summary>
/// What a match costs among 1,000 routes beside one among 10, measured in alternation, which a busy machine disturbs alike. Prints the median of the ratios, and the least time of each.
/// </summary>
internal static class RouterRatio
{
    private const int Rounds = 2000;
    private const int WarmUpRounds = 500;
    private const double NanosecondsPerSecond = 1e9;

    public static void Print(TextWriter writer)
    {
        writer.WriteLine("| match | paths | 10 routes | 1,000 routes | ratio |");
        writer.WriteLine("|---|---|--:|--:|--:|");
        foreach (bool inTurn in (bool[])[false, true])
        {
            var small = Filled(10, inTurn);
            var large = Filled(1000, inTurn);
            Write(nameof(RouterBenchmarks.Literal), small.Literal, large.Literal);
            Write(nameof(RouterBenchmarks.Parameter), small.Parameter, large.Parameter);
            Write(nameof(RouterBenchmarks.TwoParameters), small.TwoParameters, large.TwoParameters);

            void Write(string name, Func<int> few, Func<int> many)
            {
                var (one, other, ratio) = Measure(few, many);
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {(inTurn ? "all in turn" : "one")} | {one:0.0} ns | {other:0.0} ns | {ratio:0.00} |"));
            }
        }
    }

    private static RouterBenchmarks Filled(int routes, bool inTurn)
    {
        var benchmarks = new RouterBenchmarks { Routes = routes, InTurn = inTurn };
        benchmarks.Fill();
        return benchmarks;
    }

    private static (double Few, double Many, double Ratio) Measure(Func<int> few, Func<int> many)
    {
        double leastFew = double.MaxValue, leastMany = double.MaxValue;
        var ratios = new List<double>(Rounds);
        for (int round = -WarmUpRounds; round < Rounds; round++)
        {
            double one = Time(few), other = Time(many);
            if (round < 0)
                continue;
            (leastFew, leastMany) = (Math.Min(leastFew, one), Math.Min(leastMany, other));
            ratios.Add(other / one);
        }
        ratios.Sort();
        return (leastFew, leastMany, ratios[Rounds / 2]);
    }

    /// <summary>Nanoseconds of one match.</summary>
    private static double Time(Func<int> find)
    {
        long began = Stopwatch.GetTimestamp();
        int found = find();
        return (Stopwatch.GetTimestamp() - began) * NanosecondsPerSecond / Stopwatch.Frequency / found;
    }
}
