using System.Runtime.CompilerServices;

namespace Millrace;

/// <summary>Those who are told of each response before its head goes out, one after the other (aiohttp: Signal of on_response_prepare).</summary>
public sealed class ResponseSignal
{
    private readonly List<Func<Request, StreamResponse, Task>> _receivers = [];

    internal ResponseSignal()
    {
    }

    /// <summary>True once the application has started: then no receiver can be added any more.</summary>
    public bool IsFrozen { get; private set; }

    internal IReadOnlyList<Func<Request, StreamResponse, Task>> Receivers => _receivers;

    /// <summary>Adds a receiver that is done when it returns.</summary>
    /// <exception cref="InvalidOperationException">The application has started.</exception>
    public void Add(Action<Request, StreamResponse> receiver)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        Add((request, response) =>
        {
            receiver(request, response);
            return Task.CompletedTask;
        });
    }

    /// <summary>Adds a receiver that is awaited before the next has its turn, and before the response goes out.</summary>
    /// <exception cref="InvalidOperationException">The application has started.</exception>
    [OverloadResolutionPriority(1)]
    public void Add(Func<Request, StreamResponse, Task> receiver)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        if (IsFrozen)
            throw new InvalidOperationException("A receiver of OnResponsePrepare comes too late: add it before the application starts.");
        _receivers.Add(receiver);
    }

    internal void Freeze() => IsFrozen = true;
}
