using System.Text;
using Millrace.Fuzz.Engine;
using Millrace.Protocol.Http1;
using Millrace.Protocol.Multipart;
using Millrace.Protocol.Semantics;

namespace Millrace.Fuzz.Targets;

/// <summary>
/// The same parts, to every field and byte, however the body is cut; every call consumes or ends; what is left over is bounded; and where the body is in order,
/// its parts joined again read the same.
/// </summary>
internal sealed class MultipartTarget : FuzzTarget
{
    private static readonly MultipartLimits Limits = new()
    {
        Head = new Http1Limits { FieldBytesMax = 100, FieldCountMax = 5, HeadBytesMax = 200 },
        PartsMax = 10,
    };

    public override string Name => "multipart";

    public override int Check(byte[] input, Random cuts)
    {
        var whole = Read([input]);
        foreach (var pieces in Cuts.Of(input, cuts))
            Invariant.Same(whole, Read(pieces), "the body read whole and cut");
        if (whole.Fault != ProtocolFault.None)
            return (int)whole.Fault;
        byte[] again = Encoding.Latin1.GetBytes(whole.Written + "--b--");
        Invariant.Same(whole, Read([again]), "the parts joined again");
        return Hash.Of([(byte)whole.Parts, (byte)Math.Min(255, whole.Written.Length)]);
    }

    private static Outcome Read(IEnumerable<byte[]> pieces)
    {
        var machine = new MultipartMachine("b", Limits);
        var written = new StringBuilder();
        int parts = 0;
        byte[] rest = [];
        foreach (byte[] piece in pieces)
        {
            rest = [.. rest, .. piece];
            MultipartStep step;
            do
            {
                step = machine.Read(rest, out int consumed, out int start, out int length);
                Invariant.Holds(consumed >= 0 && start >= 0 && start + length <= consumed && consumed <= rest.Length);
                Invariant.Holds(step != MultipartStep.Data || length > 0);
                written.Append(Encoding.Latin1.GetString(rest, start, length));
                rest = rest[consumed..];
                if (step == MultipartStep.Fault)
                    return new Outcome("", 0, machine.Fault);
                if (step == MultipartStep.Part)
                {
                    parts++;
                    Invariant.Holds(machine.Head.Bytes.EndsWith("\r\n"u8) && machine.Head.Bytes.Length <= Limits.Head.HeadBytesMax);
                    written.Append("--b\r\n").Append(Encoding.Latin1.GetString(machine.Head.Bytes));
                }
                else if (step == MultipartStep.PartEnd)
                {
                    written.Append("\r\n");
                }
            }
            while (step is not (MultipartStep.NeedMore or MultipartStep.Complete));
            Invariant.Holds(rest.Length <= machine.UnconsumedMax);
        }
        return machine.End() ? new Outcome(written.ToString(), parts, ProtocolFault.None) : new Outcome("", 0, machine.Fault);
    }

    private sealed record Outcome(string Written, int Parts, ProtocolFault Fault);
}
