namespace Millrace.Telemetry;

/// <summary>How a request ended.</summary>
/// <param name="Status">The status of its response; 0 if there was none.</param>
/// <param name="Failure">What its handler threw, if that is a fault of its own.</param>
/// <param name="Duration">From its head to the end of its response.</param>
internal readonly record struct RequestOutcome(int Status, Exception? Failure, TimeSpan Duration)
{
    /// <summary>The value of <c>error.type</c>; null for none.</summary>
    public string? Error => HttpNames.ErrorOf(Status, Failure);
}
