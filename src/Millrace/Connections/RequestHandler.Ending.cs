using Millrace.Protocol.Semantics;
using Millrace.Transport;

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

    /// <summary>Why an answer could not be sent.</summary>
    private ConnectionEnd Unsent => Output.Cause ?? ConnectionEnd.ClientGone;

    private async ValueTask<ConnectionEnd> RefuseAsync(ProtocolFault fault, ConnectionEnd end)
    {
        NoteFault(fault);
        if (!_server.AnswersFaults)
            return await AnswerRefusalAsync(fault, end).ConfigureAwait(false);
        if (!await _exchange.RefuseAsync(fault).ConfigureAwait(false))
            return BreakOff();
        return await Output.FlushAsync().ConfigureAwait(false) ? Cause ?? end : Unsent;
    }

    private async ValueTask<ConnectionEnd> AnswerRefusalAsync(ProtocolFault fault, ConnectionEnd end)
    {
        int bytes = Output.AppendRefusal(fault);
        await RequestRecord.RefusedAsync(_server, this, ProtocolFaults.Status(fault), bytes).ConfigureAwait(false);
        return await Output.FlushAsync().ConfigureAwait(false) ? end : Unsent;
    }

    /// <summary>One connection too many: it is told so, unless that would take a handshake first.</summary>
    private ValueTask<ConnectionEnd> TurnAwayAsync() => _handshake is null
        ? AnswerRefusalAsync(ProtocolFault.TooManyConnections, ConnectionEnd.Refused)
        : new ValueTask<ConnectionEnd>(ConnectionEnd.Refused);

    /// <summary>The response cannot be finished: the client must see that it is not whole.</summary>
    private ConnectionEnd BreakOff()
    {
        bool clientIsGone = _connection.PeerClosed;
        _connection.Abort();
        return Output.Cause ?? Cause ?? (clientIsGone ? ConnectionEnd.ClientGone : ConnectionEnd.ResponseBroken);
    }

    /// <summary>
    /// Says that nothing follows and reads away what the client still sends: closing over unread bytes would reset the connection
    /// and could take the last response from the client (RFC 9112 section 9.6).
    /// </summary>
    private async ValueTask LingerAsync()
    {
        _connection.CompleteWrites();
        ReadDeadline.Start(Wait.Lingering, IsRefused ? RefusedLingeringTimeout : _server.Options.LingeringTimeout);
        var turn = default(LoopTurn);
        while (!ReadDeadline.HasExpired)
        {
            _input.Release();
            var wait = _connection.WaitReadableAsync();
            if (!wait.IsCompleted)
                turn = default;
            if (!await wait.ConfigureAwait(false))
                continue;
            int n = _connection.TryRead(_input.Free().Span);
            if (n is Connection.EndOfStream or Connection.Lost)
                break;
            turn.Read(n);
            if (turn.IsOver)
            {
                turn = default;
                await _connection.Loop.YieldAsync();
            }
        }
        ReadDeadline.Stop();
    }
}
