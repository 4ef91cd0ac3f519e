using System.Text;
using System.Text.RegularExpressions;
using Millrace.Fuzz.Engine;
using Millrace.Protocol.Semantics;

namespace Millrace.Fuzz.Targets;

/// <summary>Decoding never fails or grows the text, gives back any text whose every byte was escaped, and makes no slash that was not one.</summary>
internal sealed partial class PercentTarget : FuzzTarget
{
    public override string Name => "percent";

    public override int Check(byte[] input, Random cuts)
    {
        string decoded = PercentCodec.Decode(input);
        string kept = PercentCodec.DecodeKeepingSlashes(input);
        Invariant.Holds(decoded.Length <= input.Length && kept.Length <= input.Length && decoded.Length <= kept.Length);
        Invariant.Same(input.Count(value => value == '/'), kept.Count(character => character == '/'), "slashes");
        if (!input.Contains((byte)'%'))
            Invariant.Same(Encoding.Latin1.GetString(input), decoded, "text without escapes");
        Invariant.Holds(!decoded.Contains('\uFFFD', StringComparison.Ordinal) || Encoding.Latin1.GetString(input).Contains("%EF%BF%BD", StringComparison.OrdinalIgnoreCase));

        string text = Encoding.UTF8.GetString(input);
        string escaped = string.Concat(Encoding.UTF8.GetBytes(text).Select(value => $"%{value:x2}"));
        Invariant.Same(text, PercentCodec.Decode(Encoding.ASCII.GetBytes(escaped)), "escaped and decoded");
        // What was kept can be decoded once more without ambiguity, unless a malformed escape stayed and met its missing digits: "%5%42".
        if (kept.All(char.IsAscii) && !StrayPercent().IsMatch(Encoding.Latin1.GetString(input)))
            Invariant.Same(decoded, PercentCodec.Decode(Encoding.ASCII.GetBytes(kept)), "decoded in two steps");
        return Hash.Of([(byte)(input.Length - decoded.Length), (byte)(kept.Length - decoded.Length)]);
    }

    [GeneratedRegex("%(?![0-9A-Fa-f]{2})")]
    private static partial Regex StrayPercent();
}
