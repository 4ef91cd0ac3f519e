using Millrace.Protocol.Semantics;

namespace Millrace.Connections;

/// <summary>Why this connection ends, where it is not for the client's word or silence between requests.</summary>
internal sealed partial class RequestHandler
{
    // Whoever is refused for want of room must not take it for long.
    private static readonly TimeSpan RefusedLingeringTimeout = TimeSpan.FromSeconds(1);

    /// <summary>There are too many: this one is told so when it starts, and ends.</summary>
    public bool IsRefused { get; set; }

    /// <summary>Why the connection ends after the answer it gives, if not because that was asked for.</summary>
    public ConnectionEnd? Cause { get; set; }

    /// <summary>After its last answer a connection does not just close.</summary>
    private bool LingersAfter(ConnectionEnd end) => end is ConnectionEnd.Completed or ConnectionEnd.ProtocolFault or ConnectionEnd.HeadTimeout
        or ConnectionEnd.BodyTimeout or ConnectionEnd.BodyTooSlow or ConnectionEnd.RequestTimeout or ConnectionEnd.HandlerTimeout
        || (end == ConnectionEnd.Refused && _handshake is null);

    private async ValueTask<ConnectionEnd> AnswerRefusalAsync(ProtocolFault fault, ConnectionEnd end)
    {
        int bytes = Output.AppendRefusal(fault);
        await RequestRecord.RefusedAsync(_server, this, ProtocolFaults.Status(fault), bytes).ConfigureAwait(false);
        return await Output.FlushAsync().ConfigureAwait(false) ? end : ConnectionEnd.ClientGone;
    }

    /// <summary>One connection too many: it is told so, unless that would take a handshake first.</summary>
    private ValueTask<ConnectionEnd> TurnAwayAsync() => _handshake is null
        ? AnswerRefusalAsync(ProtocolFault.TooManyConnections, ConnectionEnd.Refused)
        : new ValueTask<ConnectionEnd>(ConnectionEnd.Refused);
}
