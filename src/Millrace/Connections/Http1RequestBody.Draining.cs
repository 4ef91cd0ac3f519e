using Millrace.Protocol.Http1;
using Millrace.Protocol.Semantics;
using Millrace.Transport;

namespace Millrace.Connections;

/// <summary>What the handler left unread: it stands in front of the next request.</summary>
internal sealed partial class Http1RequestBody
{
    /// <summary>
    /// True if nothing can be read behind this body: it is malformed, or the client was never told to send it and may leave
    /// it away or not (RFC 9110 section 10.1.1).
    /// </summary>
    public bool EndsConnection => _broken || (_clientWaits && !_framing.IsComplete && _handler.Input.IsEmpty);

    /// <summary>Reads the rest and throws it away, so that the next request can be read; false if there is none to come.</summary>
    public async ValueTask<bool> TryDrainAsync()
    {
        if (_framing.IsComplete)
            return true;
        if (EndsConnection || !_use.TryEnter())
            return false;
        // The response goes out before this waits for the client.
        bool isDrained = DiscardReceived() || (!_broken && await _handler.Output.FlushAsync().ConfigureAwait(false) && await DiscardRestAsync().ConfigureAwait(false));
        _use.Leave();
        return isDrained;
    }

    /// <summary>Throws the rest away if all of it has been received; false if more is to come.</summary>
    public bool TryDiscardReceived()
    {
        if (!_use.TryEnter())
            return false;
        bool isWhole = _framing.IsComplete || DiscardReceived();
        _use.Leave();
        return isWhole;
    }

    /// <summary>True if what has been received holds the whole rest.</summary>
    private bool DiscardReceived()
    {
        ref var input = ref _handler.Input;
        while (true)
        {
            var step = _framing.Read(input.Unread, out int consumed, out _, out _);
            input.Use(consumed);
            _pace.Received(consumed);
            if (step == BodyStep.Complete || _framing.IsComplete)
                return true;
            _broken |= step == BodyStep.Fault;
            if (step != BodyStep.Data)
                return false;
        }
    }

    private async ValueTask<bool> DiscardRestAsync()
    {
        var deadline = _handler.ReadDeadline;
        var limit = _handler.Server.Options.LingeringTimeout;
        long began = Now;
        while (!_broken)
        {
            var left = limit == Timeout.InfiniteTimeSpan ? limit : limit - TimeSpan.FromMilliseconds(Now - began);
            StartWait(Wait.Lingering, left);
            var read = _handler.Connection.ReadAsync(_handler.Input.Free());
            bool waits = !read.IsCompleted;
            int n = await read.ConfigureAwait(false);
            bool expired = !deadline.Stop();
            if (!_pace.End(Now) || expired)
            {
                _handler.Cause = _pace.Fault == ProtocolFault.BodyTimeout ? ConnectionEnd.LingeringTimeout : EndFor(_pace.Fault);
                return false;
            }
            if (n > 0)
                _handler.Input.Filled(n);
            else if (n != Connection.Interrupted)
                return false;
            if (DiscardReceived())
                return true;
            await TakeTurnAsync(waits, n).ConfigureAwait(false);
        }
        return false;
    }
}
