using System.Text;
using System.Text.RegularExpressions;
using Millrace.Protocol.Semantics;

namespace Millrace.Differential;

/// <summary>An explained disagreement: docs/differential.md says more under the same name.</summary>
internal sealed record Rule(string Name, string Section, Func<Difference, bool> Explains);

/// <summary>
/// Every way in which we are known to differ from Kestrel, the narrow ones first. A rule asks for what both servers did and, where
/// a pattern can tell, for the bytes that caused it. What no rule explains fails the run.
/// </summary>
internal static partial class Rules
{
    private const RegexOptions AnyCase = RegexOptions.IgnoreCase;

    public static readonly IReadOnlyList<Rule> All =
    [
        new("http2-preface", "RFC 9113 3.4", at => at.Fault == ProtocolFault.Http2OnPlainPort && at.TheirStatus == Outcome.RefusedInHttp2),
        new("kestrel-500", "RFC 9110 15.5.1", at => at.OurStep == Step.Refuses && at.TheirStatus == 500),
        new("kestrel-500-chunk-size", "RFC 9112 7.1", at => at.OurStep == Step.Waits && at.TheirStatus == 500 && Has(at, LongChunkSize())),
        new("kestrel-500-trailer-beyond-ascii", "RFC 9110 5.5", at => at.OurStep is Step.Takes or Step.Waits && at.TheirStatus == 500 && Has(at, BeyondAscii())),
        new("broken-body-of-head", "RFC 9112 7.1", at => at is { OurStatus: 400, Fault: ProtocolFault.None, TheirStep: Step.Takes or Step.Waits } && Has(at, ChunkedHead())),
        new("same-refusal-other-end", "RFC 9110 15.5.14", at => at.OurStatus == 413 && at.TheirStatus == 413),
        new("refused-with-another-status", "RFC 9110 15.5, 15.6", at => at.OurStep == Step.Refuses && at.TheirStep == Step.Refuses && at.TheirStatus != at.OurStatus),
        new("refused-before-the-line-ends", "RFC 9112 2.2", at => at.Fault != ProtocolFault.None && at.TheirStep == Step.Waits),

        Stricter(ProtocolFault.BareLf, "RFC 9112 2.2"),
        Stricter(ProtocolFault.BareCr, "RFC 9112 2.2"),
        Stricter(ProtocolFault.TooManyEmptyLines, "RFC 9112 2.2"),
        Stricter(ProtocolFault.BadMethod, "RFC 9110 9.1"),
        Stricter(ProtocolFault.MethodTooLong, "RFC 9112 3"),
        Stricter(ProtocolFault.BadTarget, "RFC 9112 3.2"),
        Stricter(ProtocolFault.BadVersion, "RFC 9112 2.3"),
        Stricter(ProtocolFault.BadHost, "RFC 9110 7.2", Host()),
        Stricter(ProtocolFault.SeveralHosts, "RFC 9112 3.2", Host()),
        Stricter(ProtocolFault.HostMismatch, "RFC 9112 3.2.2", Host()),
        Stricter(ProtocolFault.BadFieldName, "RFC 9112 5.1"),
        Stricter(ProtocolFault.BadFieldValue, "RFC 9110 5.5", ControlCharacter()),
        Stricter(ProtocolFault.ObsoleteFolding, "RFC 9112 5.2"),
        Stricter(ProtocolFault.BadContentLength, "RFC 9110 8.6", ContentLength()),
        Stricter(ProtocolFault.SeveralContentLengths, "RFC 9112 6.3", ContentLength()),
        Stricter(ProtocolFault.LengthAndTransferEncoding, "RFC 9112 6.1", ContentLength()),
        Stricter(ProtocolFault.TransferEncodingInHttp10, "RFC 9112 6.1", Http10()),
        Stricter(ProtocolFault.BadTransferEncoding, "RFC 9112 6.1", TransferEncoding()),
        Stricter(ProtocolFault.UnsupportedTransferCoding, "RFC 9112 6.1", TransferEncoding()),
        Stricter(ProtocolFault.BodyNotAllowed, "RFC 9110 9.3.6, 9.3.8", TraceOrConnect()),
        Stricter(ProtocolFault.ExpectationFailed, "RFC 9110 10.1.1", Expect()),
        Stricter(ProtocolFault.BadChunkSize, "RFC 9112 7.1", TransferEncoding()),
        Stricter(ProtocolFault.ChunkSizeTooLarge, "RFC 9112 7.1", TransferEncoding()),
        Stricter(ProtocolFault.BadChunkExtension, "RFC 9112 7.1.1", TransferEncoding()),
        Stricter(ProtocolFault.ForbiddenTrailer, "RFC 9110 6.5.1", TransferEncoding()),

        new("blanks-in-connection", "RFC 9110 5.6.1", at => at.OurStep == Step.Closes && at.TheirStep != Step.Closes && Has(at, TabInConnection())),
        Laxer("text-beyond-ascii", "RFC 9110 5.5", BeyondAscii()),
        Laxer("trailers-counted-apart", "RFC 9110 6.5", TransferEncoding(), 431),
        Laxer("length-required-in-1.0", "RFC 9112 6.3", Http10()),
        Laxer("host-with-empty-port", "RFC 3986 3.2.3", LoneColon()),
        Laxer("authority-compared-by-meaning", "RFC 3986 6.2.2.1, 6.2.3", AbsoluteTarget()),
        Laxer("escaped-nul", "RFC 3986 7.3", EscapedNul()),
        Laxer("chunk-size-digits", "RFC 9112 7.1", LongChunkSize()),
        Laxer("blanks-around-chunk-extensions", "RFC 9112 7.1.1", BlankBehindChunkSize()),
        Laxer("short-ipv6-host", "RFC 3986 3.2.2", Ipv6()),
    ];

    public static Rule? Find(Difference difference) => All.FirstOrDefault(rule => rule.Explains(difference));

    /// <summary>We refuse what Kestrel takes.</summary>
    private static Rule Stricter(ProtocolFault fault, string section, Regex? cause = null) =>
        new(ProtocolFaults.Name(fault), section, at => at.Fault == fault && at.TheirStep == Step.Takes && (cause is null || Has(at, cause)));

    /// <summary>Kestrel refuses what we take, or wait for the rest of.</summary>
    private static Rule Laxer(string name, string section, Regex cause, int theirStatus = 400) =>
        new(name, section, at => at.OurStep is Step.Takes or Step.Waits && at.TheirStatus == theirStatus && Has(at, cause));

    private static bool Has(Difference difference, Regex cause) => cause.IsMatch(Encoding.Latin1.GetString(difference.Bytes));

    [GeneratedRegex("host:", AnyCase)]
    private static partial Regex Host();

    [GeneratedRegex("[\0-\x08\v\f\x0E-\x1F\x7F]")]
    private static partial Regex ControlCharacter();

    [GeneratedRegex("content-length:", AnyCase)]
    private static partial Regex ContentLength();

    [GeneratedRegex("transfer-encoding:", AnyCase)]
    private static partial Regex TransferEncoding();

    [GeneratedRegex("HEAD .*transfer-encoding:", AnyCase | RegexOptions.Singleline)]
    private static partial Regex ChunkedHead();

    [GeneratedRegex("[A-F0-9]{8}", AnyCase)]
    private static partial Regex LongChunkSize();

    [GeneratedRegex("HTTP/1\\.0\r\n")]
    private static partial Regex Http10();

    [GeneratedRegex("(TRACE|CONNECT) ")]
    private static partial Regex TraceOrConnect();

    [GeneratedRegex("expect:", AnyCase)]
    private static partial Regex Expect();

    [GeneratedRegex("host:[^\r\n]*:[ \t]*\r\n", AnyCase)]
    private static partial Regex LoneColon();

    [GeneratedRegex("https?://|CONNECT ", AnyCase)]
    private static partial Regex AbsoluteTarget();

    [GeneratedRegex("[\x80-\xFF]")]
    private static partial Regex BeyondAscii();

    [GeneratedRegex("\\[[0-9A-F:.]*\\]", AnyCase)]
    private static partial Regex Ipv6();

    [GeneratedRegex("connection:[^\r\n]*\t", AnyCase)]
    private static partial Regex TabInConnection();

    [GeneratedRegex("%00")]
    private static partial Regex EscapedNul();

    [GeneratedRegex("[0-9A-F][ \t]+;", AnyCase)]
    private static partial Regex BlankBehindChunkSize();
}
