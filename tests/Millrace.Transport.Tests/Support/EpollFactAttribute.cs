using System.Runtime.CompilerServices;

namespace Millrace.Transport.Tests.Support;

/// <summary>A test of what only the epoll transport has; other systems say that they left it out.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EpollFactAttribute : FactAttribute
{
    public EpollFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1) : base(file, line)
    {
        Timeout = 60_000;
        if (!OperatingSystem.IsLinux())
            Skip = "epoll is Linux's.";
    }
}
