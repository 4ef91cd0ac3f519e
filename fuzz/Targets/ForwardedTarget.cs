using System.Text;
using Millrace.Fuzz.Engine;
using Millrace.Protocol.Semantics;

namespace Millrace.Fuzz.Targets;

/// <summary>Any bytes are elements or refused, at least one and no more than there are commas to part them; written quoted they read the same.</summary>
internal sealed class ForwardedTarget : FuzzTarget
{
    public override string Name => "forwarded";

    public override int Check(byte[] input, Random cuts)
    {
        if (ForwardedElements.Parse(input) is not { } elements)
            return 0;
        Invariant.Holds(elements.Count >= 1 && elements.Count <= input.Count(value => value == ',') + 1);
        string again = string.Join(", ", elements.Select(Write));
        Invariant.Holds(ForwardedElements.Parse(Encoding.Latin1.GetBytes(again)) is { } read && read.SequenceEqual(elements));
        return Hash.Of([(byte)elements.Count, .. elements.Select(Shape)]);
    }

    private static byte Shape(ForwardedElements.Element element) =>
        (byte)((element.For is null ? 0 : 1) | (element.By is null ? 0 : 2) | (element.Host is null ? 0 : 4) | (element.Proto is null ? 0 : 8));

    // A pair that nobody knows keeps an element with nothing known from vanishing.
    private static string Write(ForwardedElements.Element element) =>
        $"x=y{Pair("for", element.For)}{Pair("by", element.By)}{Pair("host", element.Host)}{Pair("proto", element.Proto)}";

    private static string Pair(string name, string? value) =>
        value is null ? "" : $";{name}=\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
