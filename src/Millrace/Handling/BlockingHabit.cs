namespace Millrace.Handling;

/// <summary>
/// Remembers of one handler that it blocks its thread, so that the next calls get out of the loop's way before they start.
/// </summary>
/// <remarks>
/// The watchdog saves a loop from any handler, but needs two looks to be sure: until then the loop's other connections wait. A handler that
/// it caught once may block again; giving the loop away beforehand costs some microseconds instead. One catch can be an accident (a machine
/// that had no time for the thread), so it is tried once; a handler that blocks then is out of trust until it has been quick often enough.
/// </remarks>
internal sealed class BlockingHabit
{
    private const int CallsOnProbation = 1;
    private const int QuickCallsUntilTrusted = 64;
    private const int QuickMilliseconds = 2;

    private int _distrust;

    public ValueTask<StreamResponse> Run(Handler handler, Request request)
    {
        var exchange = request.Exchange;
        if (!exchange.IsOnLoop)
            return handler(request);
        return Volatile.Read(ref _distrust) > 0 ? RunAside(handler, request) : RunOnLoop(handler, request);
    }

    private ValueTask<StreamResponse> RunOnLoop(Handler handler, Request request)
    {
        try
        {
            return handler(request);
        }
        finally
        {
            if (!request.Exchange.IsOnLoop)
                Volatile.Write(ref _distrust, CallsOnProbation);
        }
    }

    private ValueTask<StreamResponse> RunAside(Handler handler, Request request)
    {
        request.Exchange.StepAside();
        long started = request.Exchange.Milliseconds;
        try
        {
            return handler(request);
        }
        finally
        {
            if (request.Exchange.Milliseconds - started > QuickMilliseconds)
                Volatile.Write(ref _distrust, QuickCallsUntilTrusted);
            else
                Interlocked.Decrement(ref _distrust);
        }
    }
}
