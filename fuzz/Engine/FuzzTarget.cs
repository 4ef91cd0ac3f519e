namespace Millrace.Fuzz.Engine;

/// <summary>Something that is shown any bytes and must keep its invariant, which stands in the first line of its doc.</summary>
internal abstract class FuzzTarget : IDisposable
{
    public abstract string Name { get; }

    /// <summary>Longest input; long enough to reach the limits that matter, short enough for many executions.</summary>
    public virtual int LengthMax => 2048;

    /// <summary>Whether the case files of the protocol are among the seeds.</summary>
    public virtual bool TakesCases => false;

    /// <summary>True of the target that proves the harness: it passes when it fails.</summary>
    public virtual bool MustFail => false;

    /// <summary>
    /// Throws if the invariant is broken. What it returns names what came of the input, roughly; an input of which something new
    /// came joins the corpus. <paramref name="cuts"/> is seeded by the input, so a saved input is all that a replay needs.
    /// </summary>
    public abstract int Check(byte[] input, Random cuts);

    public virtual void Dispose()
    {
        // Most hold nothing.
    }
}
