using Millrace.Protocol.Semantics;
using Millrace.Transport.Files;

namespace Millrace.Files;

/// <summary>
/// A file and those that lie beside it in other codings (<c>site.css.br</c>), each opened when it is first asked for. Shared by the
/// requests that send it; who is the last to let it go closes it.
/// </summary>
internal sealed class FileVariants
{
    private readonly Lock _lock = new();
    private readonly bool _followLink;
    private readonly OpenFile?[] _encoded = new OpenFile?[FileCodings.Count];
    private readonly bool[] _looked = new bool[FileCodings.Count];
    private int _uses = 1;

    private FileVariants(string path, bool followLink, OpenFile plain)
    {
        FullPath = path;
        _followLink = followLink;
        Plain = plain;
    }

    public string FullPath { get; }

    public OpenFile Plain { get; }

    /// <summary>When it was last seen unchanged, on the clock of whoever asks.</summary>
    public long CheckedAt { get; set; }

    /// <summary>The hash of the plain file, once somebody has asked for it.</summary>
    public string? Version { get; set; }

    /// <summary>Opens the plain file; null if there is no regular file. The caller has one use of it.</summary>
    /// <param name="path">The full path.</param>
    /// <param name="followLink">Whether the file itself may be a symbolic link. What lies beside it may not: a link could lead anywhere (CVE-2024-42367).</param>
    /// <param name="facts">What is known of what was found there.</param>
    public static FileVariants? TryOpen(string path, bool followLink, out FileFacts facts) =>
        OpenFile.TryOpen(path, followLink, contentEncoding: null, out facts) is { } plain ? new FileVariants(path, followLink, plain) : null;

    /// <summary>One use of these, or of what is there now if these were closed already; null if nothing is there any more.</summary>
    public FileVariants? UseOrReopen() => TryUse() ? this : TryOpen(FullPath, _followLink, out _);

    /// <summary>One more use; false if it was closed already.</summary>
    public bool TryUse()
    {
        int uses = Volatile.Read(ref _uses);
        while (uses > 0)
        {
            int seen = Interlocked.CompareExchange(ref _uses, uses + 1, uses);
            if (seen == uses)
                return true;
            uses = seen;
        }
        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _uses) > 0)
            return;
        Plain.Close();
        foreach (var file in _encoded)
            file?.Close();
    }

    /// <summary>What the client likes best of what is there, and the plain file where nothing else will do.</summary>
    public OpenFile Choose(in AcceptedCodings accepted)
    {
        var best = Plain;
        int bestQuality = accepted.QualityOf(ContentCoding.Identity);
        for (int i = 0; i < FileCodings.Count; i++)
        {
            int quality = accepted.QualityOf((ContentCoding)i);
            if (quality == 0 || quality < bestQuality || (quality == bestQuality && best != Plain))
                continue;
            if (Encoded(i) is { } file)
                (best, bestQuality) = (file, quality);
        }
        return best;
    }

    /// <summary>Whether all that was found, and not found, is still so.</summary>
    public bool IsUnchanged()
    {
        if (!FileOpening.TryLook(FullPath, _followLink, out var facts) || facts != Plain.Facts)
            return false;
        lock (_lock)
        {
            for (int i = 0; i < FileCodings.Count; i++)
            {
                if (!_looked[i])
                    continue;
                bool isThere = FileOpening.TryLook(PathOf(i), followLink: false, out facts) && facts.IsRegular;
                if (isThere != _encoded[i] is not null || (isThere && facts != _encoded[i]!.Facts))
                    return false;
            }
        }
        return true;
    }

    private string PathOf(int coding) => FullPath + FileCodings.Extension((ContentCoding)coding);

    private OpenFile? Encoded(int coding)
    {
        lock (_lock)
        {
            if (!_looked[coding])
            {
                _encoded[coding] = OpenFile.TryOpen(PathOf(coding), followLink: false, FileCodings.Name((ContentCoding)coding), out _);
                _looked[coding] = true;
            }
            return _encoded[coding];
        }
    }
}
