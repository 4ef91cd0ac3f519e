using Millrace.Protocol.Semantics;

namespace Millrace.Files;

/// <summary>What the conditions of a request make of it.</summary>
internal enum Verdict
{
    Proceed,
    ProceedWithoutRange,
    NotModified,
    PreconditionFailed,
}

/// <summary>The conditions of a GET or HEAD, in the order of RFC 9110 section 13.2.2.</summary>
internal static class FileConditions
{
    /// <param name="request">A GET or HEAD.</param>
    /// <param name="tag">The tag of what would be sent, or null.</param>
    /// <param name="modified">The time of its last change in whole seconds, or null.</param>
    public static Verdict Judge(Request request, ETag? tag, DateTimeOffset? modified)
    {
        if (!HasAny(request.View.Head))
            return Verdict.Proceed;
        if (request.IfMatch is { } wanted)
        {
            if (!Any(wanted, tag, weak: false))
                return Verdict.PreconditionFailed;
        }
        else if (request.IfUnmodifiedSince is { } unmodifiedSince && modified > unmodifiedSince)
        {
            return Verdict.PreconditionFailed;
        }
        if (request.IfNoneMatch is { } known)
        {
            if (Any(known, tag, weak: true))
                return Verdict.NotModified;
        }
        else if (request.IfModifiedSince is { } modifiedSince && modified <= modifiedSince)
        {
            return Verdict.NotModified;
        }
        if (request.IfRange is not { } condition)
            return Verdict.Proceed;
        // RFC 9110 section 13.1.5: by strong comparison, or the very same date.
        bool holds = condition.ETag is { } wantedTag ? tag is { } own && own.StrongMatches(wantedTag) : condition.Date is { } date && date == modified;
        return holds ? Verdict.Proceed : Verdict.ProceedWithoutRange;
    }

    private static bool HasAny(RawRequestMessage head) =>
        head.Contains(KnownField.IfNoneMatch) || head.Contains(KnownField.IfModifiedSince) || head.Contains(KnownField.IfMatch)
        || head.Contains(KnownField.IfUnmodifiedSince) || head.Contains(KnownField.IfRange);

    private static bool Any(IReadOnlyList<ETag> tags, ETag? own, bool weak)
    {
        foreach (var tag in tags)
        {
            // * matches whatever there is, tag or no tag.
            if (tag.IsAny || (own is { } current && (weak ? current.WeakMatches(tag) : current.StrongMatches(tag))))
                return true;
        }
        return false;
    }
}
