using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Http1;

/// <summary>
/// RFC 9110 6.5.1: what must not come as a trailer. Fields that frame or route the message are refused, for whoever sends them
/// hopes that some reader obeys them. Those that authenticate, modify or describe the request come too late to be
/// heeded and are left out of what the handler sees.
/// </summary>
internal static class TrailerRules
{
    private static readonly ulong Refused = Set(
        KnownField.Host, KnownField.ContentLength, KnownField.TransferEncoding, KnownField.Connection, KnownField.KeepAlive,
        KnownField.ProxyConnection, KnownField.Upgrade, KnownField.TE, KnownField.Trailer, KnownField.Expect, KnownField.Http2Settings);

    private static readonly ulong LeftOut = Set(
        KnownField.Authorization, KnownField.ProxyAuthorization, KnownField.Cookie, KnownField.SetCookie,
        KnownField.IfMatch, KnownField.IfNoneMatch, KnownField.IfModifiedSince, KnownField.IfUnmodifiedSince, KnownField.IfRange,
        KnownField.Range, KnownField.MaxForwards, KnownField.CacheControl, KnownField.Pragma, KnownField.Forwarded,
        KnownField.XForwardedFor, KnownField.XForwardedProto, KnownField.XForwardedHost,
        KnownField.ContentType, KnownField.ContentEncoding, KnownField.ContentRange);

    public static bool IsRefused(KnownField field) => (Refused & (1UL << (int)field)) != 0;

    public static bool IsLeftOut(KnownField field) => (LeftOut & (1UL << (int)field)) != 0;

    private static ulong Set(params ReadOnlySpan<KnownField> fields)
    {
        var set = 0UL;
        foreach (var field in fields)
            set |= 1UL << (int)field;
        return set;
    }
}
