using Microsoft.Extensions.Logging;
using Millrace.Transport;
using Millrace.Transport.Clock;

namespace Millrace.Testing;

/// <summary>A loop whose timers run inside the call that moves a fake time on, so a test sees their effect when that call returns.</summary>
internal sealed class InMemoryLoop(TimeProvider timeProvider, ILogger logger) : PooledLoop(timeProvider, logger)
{
    protected override void RunDue(LoopTimer timer) => Run(timer.OnDue);
}
