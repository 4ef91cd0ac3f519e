using Millrace.Fuzz.Engine;

namespace Millrace.Fuzz.Targets;

/// <summary>
/// A percent decoder takes any bytes. This one has the oldest bug of its kind planted in it: it trusts that two digits follow every
/// percent sign. No seed shows that, so the harness is right only if it fails here.
/// </summary>
internal sealed class PlantedBugTarget : FuzzTarget
{
    public override string Name => "planted";

    public override int LengthMax => 200;

    public override bool MustFail => true;

    public override int Check(byte[] input, Random cuts)
    {
        int escapes = 0;
        for (int i = 0; i < input.Length; i++)
        {
            if (input[i] == '%')
                escapes += char.IsAsciiHexDigit((char)input[i + 1]) && char.IsAsciiHexDigit((char)input[i + 2]) ? 1 : 0;
        }
        return escapes;
    }
}
