using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using Millrace.Transport.Epoll.Native;

namespace Millrace.Transport.Files;

/// <summary>
/// Opens files to be sent. What cannot be opened is not there, whatever the reason, unless the reason is this process: that says nothing of the file.
/// </summary>
/// <remarks>
/// On Linux it opens first and looks at what it has opened afterwards, so nothing can be put in its place in between, and opening never waits for the
/// other end of a pipe. Elsewhere it looks first.
/// </remarks>
internal static class FileOpening
{
    /// <summary>Opens a regular file; null if there is none.</summary>
    /// <param name="path">The full path.</param>
    /// <param name="followLink">Whether the last part of the path may be a symbolic link.</param>
    /// <param name="facts">What is known of what was found there, be it a regular file or not.</param>
    /// <exception cref="IOException">There is no descriptor or memory to open it with. Linux only.</exception>
    public static SafeFileHandle? TryOpen(string path, bool followLink, out FileFacts facts)
    {
        facts = default;
        if (path.Contains('\0', StringComparison.Ordinal))
            return null;
        return OperatingSystem.IsLinux() ? TryOpenOnLinux(path, followLink, out facts) : TryOpenAnywhere(path, followLink, out facts);
    }

    /// <summary>What is at a path; false if nothing is there that may be looked at.</summary>
    public static bool TryLook(string path, bool followLink, out FileFacts facts)
    {
        facts = default;
        if (path.Contains('\0', StringComparison.Ordinal))
            return false;
        return OperatingSystem.IsLinux() ? TryLookOnLinux(path, followLink, out facts) : TryLookAnywhere(path, followLink, out facts);
    }

    [SupportedOSPlatform("linux")]
    private static SafeFileHandle? TryOpenOnLinux(string path, bool followLink, out FileFacts facts)
    {
        facts = default;
        int fd = Libc.OpenToRead(path, followLink);
        if (fd is -Libc.EMFILE or -Libc.ENFILE or -Libc.ENOMEM)
            throw new IOException($"There is no descriptor or memory to open a file with (error {-fd}). Raise the limit of open files or set a limit of connections.");
        if (fd < 0)
            return null;
        var handle = new SafeFileHandle(fd, ownsHandle: true);
        if (Libc.TryStatus(fd, out var status))
            facts = FactsOf(status);
        if (facts.IsRegular)
            return handle;
        handle.Dispose();
        return null;
    }

    [SupportedOSPlatform("linux")]
    private static bool TryLookOnLinux(string path, bool followLink, out FileFacts facts)
    {
        bool isThere = Libc.TryStatus(path, followLink, out var status);
        facts = isThere ? FactsOf(status) : default;
        return isThere;
    }

    private static FileFacts FactsOf(in FileStatus status)
    {
        // Years that .NET cannot hold are damage of the file system's, not of ours.
        long seconds = Math.Clamp(status.ModifiedSeconds, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds());
        return new FileFacts(
            status.IsRegular,
            status.IsDirectory,
            status.Length,
            DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(status.ModifiedNanoseconds / TimeSpan.NanosecondsPerTick),
            new UInt128(status.Device, status.Inode));
    }

    private static SafeFileHandle? TryOpenAnywhere(string path, bool followLink, out FileFacts facts)
    {
        if (!TryLookAnywhere(path, followLink, out facts) || !facts.IsRegular)
            return null;
        try
        {
            var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            facts = facts with { Length = RandomAccess.GetLength(handle), Modified = File.GetLastWriteTimeUtc(handle) };
            return handle;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return null;
        }
    }

    private static bool TryLookAnywhere(string path, bool followLink, out FileFacts facts)
    {
        facts = default;
        try
        {
            FileSystemInfo file = new FileInfo(path);
            if (file.LinkTarget is not null)
            {
                if (!followLink || file.ResolveLinkTarget(returnFinalTarget: true) is not { } target)
                    return false;
                file = target;
            }
            if (Directory.Exists(file.FullName))
                facts = new FileFacts(IsRegular: false, IsDirectory: true, 0, file.LastWriteTimeUtc, 0);
            else if (File.Exists(file.FullName))
                facts = new FileFacts((file.Attributes & FileAttributes.Device) == 0, IsDirectory: false, new FileInfo(file.FullName).Length, file.LastWriteTimeUtc, 0);
            return facts != default;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return false;
        }
    }
}
