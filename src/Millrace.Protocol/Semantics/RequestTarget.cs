namespace Millrace.Protocol.Semantics;

/// <summary>RFC 9112 3.2: the four forms of a request-target.</summary>
internal enum TargetForm : byte
{
    Origin,
    Absolute,
    Authority,
    Asterisk,
}

/// <summary>
/// A request-target as slices of the message (offsets from its first byte), nothing decoded. The authority is empty
/// unless the form has one; the path is empty for the authority form and <c>*</c> for the asterisk form, else it begins
/// with a slash; the query stands without its question mark.
/// </summary>
internal readonly record struct RequestTarget
{
    public required TargetForm Form { get; init; }

    public required int Start { get; init; }

    public required int Length { get; init; }

    public int PathStart { get; init; }

    public int PathLength { get; init; }

    /// <summary>Whether there is a question mark, be there something behind it or not.</summary>
    public bool HasQuery { get; init; }

    public int QueryStart { get; init; }

    public int QueryLength { get; init; }

    public int AuthorityStart { get; init; }

    public int AuthorityLength { get; init; }

    /// <summary>Of an absolute form: its scheme is https.</summary>
    public bool IsHttps { get; init; }

    public ReadOnlySpan<byte> Whole(ReadOnlySpan<byte> message) => message.Slice(Start, Length);

    public ReadOnlySpan<byte> Path(ReadOnlySpan<byte> message) => message.Slice(PathStart, PathLength);

    public ReadOnlySpan<byte> Query(ReadOnlySpan<byte> message) => message.Slice(QueryStart, QueryLength);

    public ReadOnlySpan<byte> Authority(ReadOnlySpan<byte> message) => message.Slice(AuthorityStart, AuthorityLength);
}
