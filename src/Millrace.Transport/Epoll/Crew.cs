namespace Millrace.Transport.Epoll;

/// <summary>
/// The threads that lead loops. A thread that lost its loop to another, because a callback held it up, rests here as a spare
/// once that callback is done; a spare that is not needed for a while ends.
/// </summary>
internal sealed class Crew(TransportOptions options)
{
    private readonly Lock _lock = new();
    private readonly List<Member> _spares = [];
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _threads;
    private bool _full;
    private bool _stopping;

    /// <summary>Threads alive now: leading, held up or resting.</summary>
    public int Threads
    {
        get
        {
            lock (_lock)
                return _threads;
        }
    }

    /// <summary>Gives every loop its first leader, or none of them.</summary>
    /// <exception cref="InvalidOperationException">The system has no thread left.</exception>
    public void Lead(EpollLoop[] loops)
    {
        var members = new List<Member>();
        while (members.Count < loops.Length)
        {
            if (FindMember() is not { } member)
            {
                members.ForEach(PutBack);
                _ = StopAsync();
                throw new InvalidOperationException("The system has no thread for an event loop: raise the limits of threads, memory or open files.");
            }
            members.Add(member);
        }
        for (int i = 0; i < loops.Length; i++)
            Assign(members[i], loops[i], loops[i].Word);
    }

    /// <summary>Gives the loop to another thread, unless the callback that <paramref name="word"/> names has just ended or all threads are held up.</summary>
    public bool TryTakeOver(EpollLoop loop, ulong word)
    {
        if (FindMember() is not { } member)
            return false;
        if (loop.TryTakeOver(word) is not { } epoch)
        {
            PutBack(member);
            return false;
        }
        Assign(member, loop, epoch);
        return true;
    }

    /// <summary>Ends the spares. Completes when every thread is gone, also those that a callback still holds up.</summary>
    public Task StopAsync()
    {
        lock (_lock)
        {
            _stopping = true;
            foreach (var spare in _spares)
                spare.Start.Set();
            _spares.Clear();
            if (_threads == 0)
                _gone.TrySetResult();
        }
        return _gone.Task;
    }

    private Member? FindMember()
    {
        bool mayStart;
        bool isNews;
        lock (_lock)
        {
            if (_spares.Count > 0)
            {
                var spare = _spares[^1];
                _spares.RemoveAt(_spares.Count - 1);
                return spare;
            }
            mayStart = _threads < Math.Max(options.ThreadsMax, options.LoopCount);
            if (mayStart)
                _threads++;
            isNews = !mayStart && !_full;
            _full = !mayStart;
        }
        // Not under the lock: a logger is user code, and may wait for a thread that wants to rest.
        if (isNews)
            options.Logger.AllThreadsHeldUp(options.ThreadsMax);
        return mayStart ? TryStart() : null;
    }

    // Before the loop is taken from anyone: a loop must never be without a leader.
    private Member? TryStart()
    {
        var member = new Member();
        try
        {
            new Thread(() => Serve(member)) { IsBackground = true, Name = "Millrace loop" }.UnsafeStart();
            return member;
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            // .NET says so also when the limit of threads or of open files is reached. The next look tries again.
            member.Dispose();
            lock (_lock)
                CountOut();
            return null;
        }
    }

    private void PutBack(Member member)
    {
        lock (_lock)
        {
            if (_stopping)
                member.Start.Set();
            else
                _spares.Add(member);
        }
    }

    private static void Assign(Member member, EpollLoop loop, ulong word)
    {
        member.Loop = loop;
        member.Word = word;
        member.Start.Set();
    }

    private void Serve(Member member)
    {
        WaitForLoop(member);
        while (member.Loop is { } loop)
        {
            member.Loop = null;
            if (!loop.Lead(member.Word))
                Rest(member);
        }
        member.Dispose();
        lock (_lock)
            CountOut();
    }

    // Under the lock.
    private void CountOut()
    {
        if (--_threads == 0 && _stopping)
            _gone.TrySetResult();
    }

    private void Rest(Member member)
    {
        lock (_lock)
        {
            if (_stopping)
                return;
            _spares.Add(member);
        }
        WaitForLoop(member);
    }

    private void WaitForLoop(Member member)
    {
        while (!member.Start.WaitOne(options.SpareThreadIdleMax))
        {
            lock (_lock)
            {
                if (_spares.Remove(member))
                    return;
            }
            // Somebody took it from the stack just as the time ran out: the assignment is on its way, or it is put back.
        }
    }

    private sealed class Member : IDisposable
    {
        public readonly AutoResetEvent Start = new(false);
        public EpollLoop? Loop;
        public ulong Word;

        public void Dispose() => Start.Dispose();
    }
}
