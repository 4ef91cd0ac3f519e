using Millrace.Protocol.Semantics;

namespace Millrace.Differential;

/// <summary>What a server did next at the first place where two of them part.</summary>
internal enum Step
{
    Takes,
    Refuses,
    Waits,
    Closes,
}

/// <summary>The first place where two outcomes part, behind the requests both took alike.</summary>
internal sealed record Difference(byte[] Bytes, Outcome Ours, Outcome Theirs)
{
    private readonly int _alike = Ours.Taken.Zip(Theirs.Taken).TakeWhile(pair => pair.First == pair.Second).Count();

    public Step OurStep => StepOf(Ours);

    public Step TheirStep => StepOf(Theirs);

    /// <summary>Why we refuse at that place; None if we do not.</summary>
    public ProtocolFault Fault => OurStep == Step.Refuses ? Ours.Fault : ProtocolFault.None;

    public int OurStatus => OurStep == Step.Refuses ? Ours.Refusal : 0;

    public int TheirStatus => TheirStep == Step.Refuses ? Theirs.Refusal : 0;

    public string TheirEcho => TheirStep == Step.Takes ? Theirs.Taken[_alike] : "";

    /// <summary>Names the kind of difference, for what no rule explains.</summary>
    public string Kind =>
        $"we: {OurStep}{(Fault == ProtocolFault.None ? "" : $" {ProtocolFaults.Name(Fault)}")}{(OurStatus == 0 ? "" : $" {OurStatus}")}, Kestrel: {TheirStep}{(TheirStatus == 0 ? "" : $" {TheirStatus}")}";

    private Step StepOf(Outcome outcome) =>
        _alike < outcome.Taken.Count ? Step.Takes
        : outcome.Refuses ? Step.Refuses
        : outcome.Ending == Ending.Waits ? Step.Waits
        : Step.Closes;
}
