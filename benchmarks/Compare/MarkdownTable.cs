using System.Globalization;

namespace Millrace.Benchmarks;

/// <summary>Prints outcomes: medians of the rounds, and the median of the ratios round by round, with the least and the greatest.</summary>
internal static class MarkdownTable
{
    /// <summary>One table for each set of figures.</summary>
    public static void Write(TextWriter writer, IEnumerable<Outcome> outcomes)
    {
        foreach (var table in outcomes.GroupBy(outcome => string.Join('|', outcome.Profile.Metrics.Select(metric => metric.Name))))
        {
            string[] columns = ["profile", .. table.First().Profile.Metrics.SelectMany(Heads)];
            writer.WriteLine();
            writer.WriteLine($"| {string.Join(" | ", columns)} |");
            writer.WriteLine($"|---|{string.Concat(columns.Skip(1).Select(_ => "--:|"))}");
            foreach (var outcome in table)
                writer.WriteLine($"| {string.Join(" | ", [outcome.Profile.Name, .. outcome.Profile.Metrics.SelectMany((metric, i) => Cells(metric, i, outcome))])} |");
        }
    }

    private static IEnumerable<string> Heads(Metric metric)
    {
        yield return metric.Name;
        if (metric.IsCompared)
            yield return "**ratio** (min–max)";
    }

    private static IEnumerable<string> Cells(Metric metric, int index, Outcome outcome)
    {
        double[] first = [.. outcome.First.Select(figures => figures[index])];
        double[] second = [.. outcome.Second.Select(figures => figures[index])];
        yield return $"{Number(Median(first), metric.Format)} / {Number(Median(second), metric.Format)}";
        if (!metric.IsCompared)
            yield break;
        double[] ratios = [.. first.Zip(second, (a, b) => a / b)];
        yield return $"**{Number(Median(ratios), "0.00")}** ({Number(ratios.Min(), "0.00")}–{Number(ratios.Max(), "0.00")})";
    }

    private static double Median(double[] figures)
    {
        double[] sorted = [.. figures.Where(double.IsFinite).Order()];
        if (sorted.Length == 0)
            return double.NaN;
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static string Number(double number, string format) => double.IsNaN(number) ? "–" : number.ToString(format, CultureInfo.InvariantCulture);
}
