using System.Runtime.CompilerServices;

namespace Millrace;

/// <summary>
/// Those who are told that an application starts, is about to end, or has ended, one after the other (aiohttp: Signal).
/// </summary>
/// <remarks>Where an application is mounted in another, its receivers take their turn at the place of mounting.</remarks>
public sealed class Signal
{
    private readonly string _name;
    private readonly List<Turn> _turns = [];

    internal Signal(string name) => _name = name;

    /// <summary>True once the application has started: then no receiver can be added any more.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>The receivers and the mounted applications, in the order they were added.</summary>
    internal IReadOnlyList<Turn> Turns => _turns;

    /// <summary>Adds a receiver that is done when it returns.</summary>
    /// <exception cref="InvalidOperationException">The application has started.</exception>
    public void Add(Action<Application> receiver)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        Add(new Turn((app, _) =>
        {
            receiver(app);
            return Task.CompletedTask;
        }));
    }

    /// <summary>Adds a receiver that is awaited before the next has its turn.</summary>
    /// <exception cref="InvalidOperationException">The application has started.</exception>
    [OverloadResolutionPriority(1)]
    public void Add(Func<Application, Task> receiver)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        Add(new Turn((app, _) => receiver(app)));
    }

    /// <summary>Adds a receiver that is awaited before the next has its turn.</summary>
    /// <param name="receiver">Its token is cancelled when the time for it is over: while starting, by the token the application is run with; while ending, by the deadlines of the end.</param>
    /// <exception cref="InvalidOperationException">The application has started.</exception>
    public void Add(Func<Application, CancellationToken, Task> receiver)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        Add(new Turn(receiver));
    }

    internal void Add(Turn turn)
    {
        if (IsFrozen)
            throw new InvalidOperationException($"A receiver of {_name} comes too late: add it before the application starts.");
        _turns.Add(turn);
    }

    internal void Freeze() => IsFrozen = true;

    /// <summary>A receiver, or an application whose own receivers come here.</summary>
    internal readonly struct Turn
    {
        public Turn(Func<Application, CancellationToken, Task> receiver) => Receiver = receiver;

        public Turn(Application child)
        {
            Child = child;
            Receiver = (_, _) => Task.CompletedTask;
        }

        public Func<Application, CancellationToken, Task> Receiver { get; }

        public Application? Child { get; }
    }
}
