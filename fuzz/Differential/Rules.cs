namespace Millrace.Differential;

/// <summary>An explained disagreement: docs/differential.md says more under the same name.</summary>
internal sealed record Rule(string Name, string Section, Func<Difference, bool> Explains);

/// <summary>Every way in which we are known to differ from Kestrel, the narrow ones first. What none of them explains fails the run.</summary>
internal static class Rules
{
    public static readonly IReadOnlyList<Rule> All = [];

    public static Rule? Find(Difference difference) => All.FirstOrDefault(rule => rule.Explains(difference));
}
