using Millrace.Transport.Clock;

namespace Millrace.Connections;

/// <summary>Those who wait for a place, first come first served, each for <see cref="ServerOptions.HeadTimeout"/> at most.</summary>
internal sealed partial class Admission
{
    private readonly LinkedList<Place> _waiting = [];
    private bool _isClosed;

    /// <summary>Takes a connection that was told to wait. It is started when its turn has come, or when its time is over, to be refused.</summary>
    public void Queue(RequestHandler handler)
    {
        var place = new Place(this, handler);
        bool isServed, isClosed;
        lock (_lock)
        {
            _promised--;
            // A place may have become free since it was told so.
            isServed = _served < _options.ConnectionsMax;
            isClosed = _isClosed;
            if (isServed)
                _served++;
            else
                place.Node = _waiting.AddLast(place);
        }
        if (isServed)
            handler.StartLater();
        else if (isClosed)
            TurnAway(place);
        else
            place.StartTime();
    }

    /// <summary>The server ends: nobody waits any more.</summary>
    public void TurnWaitingAway()
    {
        Place[] waiting;
        lock (_lock)
        {
            _isClosed = true;
            waiting = [.. _waiting];
        }
        foreach (var place in waiting)
            TurnAway(place);
    }

    // Under the lock.
    private RequestHandler? TakeFirst()
    {
        var first = _waiting.First?.Value;
        return first is not null && first.Leave() ? first.Handler : null;
    }

    private void TurnAway(Place place)
    {
        var handler = place.Handler;
        lock (_lock)
        {
            if (!place.Leave())
                return;
            Discount(handler.Connection);
            _refused++;
            handler.IsRefused = true;
        }
        Tell(handler.Connection, isFull: true);
        handler.StartLater();
    }

    private sealed class Place(Admission admission, RequestHandler handler) : LoopTimer
    {
        public RequestHandler Handler => handler;

        public LinkedListNode<Place>? Node { get; set; }

        public void StartTime()
        {
            var limit = admission._options.HeadTimeout;
            if (limit != Timeout.InfiniteTimeSpan)
                handler.Connection.Loop.Timers.Set(this, handler.Connection.Loop.Clock.Milliseconds + (long)limit.TotalMilliseconds);
        }

        /// <summary>False if it was left before. Under the lock.</summary>
        public bool Leave()
        {
            if (Node is null)
                return false;
            admission._waiting.Remove(Node);
            Node = null;
            TimerWheel.Clear(this);
            return true;
        }

        protected internal override void OnDue() => admission.TurnAway(this);
    }
}
