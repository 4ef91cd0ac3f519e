using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Http1;

internal enum ReadResult : byte
{
    /// <summary>All that was given is a proper beginning; nothing is consumed.</summary>
    NeedMore,

    /// <summary>The head is whole and stands in the <see cref="RawRequestMessage"/>.</summary>
    Complete,

    /// <summary>No continuation can make a proper request of it; the reader says why.</summary>
    Fault,
}
