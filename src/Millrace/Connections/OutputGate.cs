using Millrace.Messages;

namespace Millrace.Connections;

/// <summary>
/// Keeps the connection's flow and its handler from writing at the same time: one at a time, in the order they came.
/// </summary>
/// <remarks>
/// A handler that has gone asynchronous may begin its response, on another thread by now, while the flow sends the responses to earlier
/// pipelined requests. A handler may also leave somebody behind who begins a response or reads the body when the flow already answers.
/// Whoever passes the gate looks at <see cref="Request.IsAnswered"/> first.
/// </remarks>
internal readonly struct OutputGate()
{
    private readonly SendTurns _turns = new();

    /// <summary>True while nobody is in.</summary>
    public bool IsOpen => !_turns.IsTaken;

    /// <summary>Completes when it is the caller's turn, which lasts until it is disposed.</summary>
    public async ValueTask<Turn> EnterAsync()
    {
        await _turns.EnterAsync().ConfigureAwait(false);
        return new Turn(_turns);
    }

    /// <summary>Completes when those who are in now have left.</summary>
    public async ValueTask PassAsync()
    {
        if (!IsOpen)
            (await EnterAsync().ConfigureAwait(false)).Dispose();
    }

    public readonly struct Turn(SendTurns turns) : IDisposable
    {
        public void Dispose() => turns.Leave();
    }
}
