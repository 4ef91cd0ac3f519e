using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Millrace.Fuzz.Engine;

/// <summary>An input was found that breaks what a target promises.</summary>
internal sealed class BrokenInvariantException(string message) : Exception(message);

internal static class Invariant
{
    public static void Holds([DoesNotReturnIf(false)] bool condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        if (!condition)
            throw new BrokenInvariantException(what);
    }

    public static void Same<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new BrokenInvariantException($"{what}: '{expected}' and '{actual}'");
    }
}
