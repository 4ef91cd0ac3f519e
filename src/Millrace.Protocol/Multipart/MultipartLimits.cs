using Millrace.Protocol.Http1;

namespace Millrace.Protocol.Multipart;

/// <summary>What a multipart body may cost before it is refused. The heads of parts have the limits of a request's head (CVE-2026-34516).</summary>
internal sealed record MultipartLimits
{
    public static readonly MultipartLimits Default = new();

    public Http1Limits Head { get; init; } = Http1Limits.Default;

    /// <summary>Parts of one body: 413.</summary>
    public int PartsMax { get; init; } = int.MaxValue;
}
