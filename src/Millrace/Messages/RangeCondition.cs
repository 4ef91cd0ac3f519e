namespace Millrace;

/// <summary>The condition of an If-Range field (RFC 9110 section 13.1.5): the ranges hold only for this state of the resource. One of the two is set.</summary>
/// <param name="ETag">The tag of the state; compare it with <see cref="ETag.StrongMatches"/>.</param>
/// <param name="Date">The time of its last change; it must be the very same.</param>
public readonly record struct RangeCondition(ETag? ETag, DateTimeOffset? Date);
