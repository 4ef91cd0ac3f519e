namespace Millrace.Protocol.Http1;

/// <summary>What a scanner says of the bytes it was shown.</summary>
internal enum ScanResult : byte
{
    NeedMore,
    Line,
    EndOfSection,
    Fault,
}
