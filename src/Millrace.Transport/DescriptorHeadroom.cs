using System.Globalization;

namespace Millrace.Transport;

/// <summary>
/// Keeps connections off the last descriptors of the process: accepting pauses when it is given one of them.
/// </summary>
/// <remarks>
/// A server that has none left does not live long: on Unix the .NET runtime needs a pipe to start a thread, and when the thread
/// pool cannot start one the process ends ("Out of memory"). A descriptor is always the lowest number that is free, so the
/// number alone tells how many can be left. Linux tells the limit in /proc; elsewhere accepting pauses when the first accept fails.
/// </remarks>
internal sealed class DescriptorHeadroom
{
    private const int KeptMax = 16;
    private const string LimitLine = "Max open files";

    private volatile int _firstKept = int.MaxValue;

    public DescriptorHeadroom()
    {
        try
        {
            _firstKept = FindFirstKept();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No /proc here.
        }
    }

    public bool IsKept(nint descriptor) => descriptor >= _firstKept;

    /// <summary>Are there others than the last ones (again)?</summary>
    public bool Exists()
    {
        if (OperatingSystem.IsWindows())
            return true;
        try
        {
            // It may have been raised meanwhile. Where it could not be told before, asking again would be taken for the shortage.
            if (_firstKept != int.MaxValue)
                _firstKept = FindFirstKept();
            using var lowest = File.OpenHandle("/dev/null", share: FileShare.ReadWrite);
            return !IsKept(lowest.DangerousGetHandle());
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static int FindFirstKept()
    {
        if (!OperatingSystem.IsLinux())
            return int.MaxValue;
        string? line = File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith(LimitLine, StringComparison.Ordinal));
        string? soft = line?[LimitLine.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) ? limit - Math.Min(KeptMax, limit / 8) : int.MaxValue;
    }
}
