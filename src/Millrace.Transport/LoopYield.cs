using System.Runtime.CompilerServices;

namespace Millrace.Transport;

/// <summary>Awaited, it lets the loop's other callbacks run first.</summary>
internal readonly struct LoopYield(EventLoop loop) : ICriticalNotifyCompletion
{
    public bool IsCompleted => false;

    public LoopYield GetAwaiter() => this;

    public void OnCompleted(Action continuation) => loop.Post(continuation);

    public void UnsafeOnCompleted(Action continuation) => loop.Post(continuation);

    public void GetResult()
    {
    }
}
