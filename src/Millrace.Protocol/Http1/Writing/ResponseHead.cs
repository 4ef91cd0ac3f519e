using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Http1;

/// <summary>What a response head says, for the moment of writing it. Lines follow in the order of these members.</summary>
internal ref struct ResponseHead
{
    public required int Status { get; init; }

    /// <summary>A reason phrase of the handler's own; null for the registered one.</summary>
    public string? Reason { get; init; }

    /// <summary>The 29 bytes of the date, or none: then no Date is written. The clock belongs to the caller.</summary>
    public ReadOnlySpan<byte> Date { get; init; }

    /// <summary>The value of Server, or none.</summary>
    public ReadOnlySpan<byte> Server { get; init; }

    public ConnectionDirective Connection { get; init; }

    public required BodyFraming Framing { get; init; }

    /// <summary>Of <see cref="BodyFraming.Length"/>.</summary>
    public long ContentLength { get; init; }

    /// <summary>The value of Content-Type as bytes known to be proper, or none.</summary>
    public ReadOnlySpan<byte> ContentType { get; init; }

    /// <summary>The value of Vary that negotiation asks for, as bytes known to be proper, or none.</summary>
    public ReadOnlySpan<byte> Vary { get; init; }

    /// <summary>
    /// All other fields. Content-Length, Transfer-Encoding and Connection must not be among them: they follow from the
    /// members above; nor Date, Server and Content-Type if those are given there.
    /// </summary>
    public ReadOnlySpan<KeyValuePair<string, string>> Fields { get; init; }
}
