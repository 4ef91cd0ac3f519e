namespace Millrace.Protocol.Semantics;

/// <summary>What a reader says of the bytes it was shown.</summary>
internal enum ReadResult : byte
{
    /// <summary>All that was given is a proper beginning; nothing is consumed.</summary>
    NeedMore,

    /// <summary>What was to be read is whole.</summary>
    Complete,

    /// <summary>No continuation can make it proper; the reader says why.</summary>
    Fault,
}
