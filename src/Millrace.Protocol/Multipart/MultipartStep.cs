namespace Millrace.Protocol.Multipart;

/// <summary>What <see cref="MultipartMachine.Read"/> came to.</summary>
internal enum MultipartStep : byte
{
    /// <summary>What is left of the input is not enough to go on; it comes again, with more behind it.</summary>
    NeedMore,

    /// <summary>The head of a part is whole.</summary>
    Part,

    /// <summary>Data of the part.</summary>
    Data,

    /// <summary>The part is at its end.</summary>
    PartEnd,

    /// <summary>The last delimiter was read. All that follows is taken and means nothing.</summary>
    Complete,

    /// <summary>The body is malformed, or something in it too large.</summary>
    Fault,
}
