using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Millrace.Benchmarks;

/// <summary>What the runtime offers no call for.</summary>
internal static partial class Native
{
    private const int SigTerm = 15;

    /// <summary>The processor-time clock of a process: nanoseconds, where /proc counts in hundredths of a second.</summary>
    public static TimeSpan ProcessorTime(int processId)
    {
        int error = GetProcessorClock(processId, out int clock);
        if (error != 0)
            throw new Win32Exception(error);
        if (GetTime(clock, out var time) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0);
    }

    /// <summary>Sends SIGTERM. A process that has ended already is left alone.</summary>
    public static void Terminate(int processId) => _ = Kill(processId, SigTerm);

    [LibraryImport("libc", EntryPoint = "clock_getcpuclockid")]
    private static partial int GetProcessorClock(int processId, out int clock);

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int GetTime(int clock, out TimeValue time);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);

    private readonly struct TimeValue
    {
        public readonly nint Seconds;
        public readonly nint Nanoseconds;
    }
}
