namespace Millrace.Connections;

/// <summary>What a new connection gets.</summary>
internal enum Welcome
{
    Served,

    /// <summary>A place when one is free.</summary>
    Queued,

    /// <summary>503: there are too many.</summary>
    Refused,

    /// <summary>The end: there are too many even to tell them.</summary>
    Overrun,
}
