using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Millrace.Files;

namespace Millrace;

/// <summary>
/// A directory whose files are served (aiohttp: StaticResource); <see cref="Web.Static(string, string, StaticOptions, string, string, int)"/> makes a route of it.
/// </summary>
/// <remarks>
/// <para>
/// Nothing outside the directory is ever sent. A path is refused before anything touches the disk if one of its parts is no plain name; a symbolic link that leads
/// outside is not there. Whatever is not served, for whatever reason, is answered with the same 404.
/// </para>
/// <para>
/// Files are held open between requests (<see cref="StaticOptions.OpenFilesMax"/>), and the system is asked at most every <see cref="StaticOptions.CheckInterval"/>
/// whether they have changed. Their bytes are never held.
/// </para>
/// </remarks>
public sealed class StaticFiles
{
    // So long ago that every interval has passed.
    private const long Unchecked = long.MinValue / 2;

    private readonly ConcurrentDictionary<string, FileVariants> _open = new(StringComparer.Ordinal);
    private readonly string _realRoot;
    private readonly StaticOptions _options;

    /// <summary>Makes a directory to serve.</summary>
    /// <param name="directory">Its path; a relative one counts from the current directory.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    public StaticFiles(string directory, StaticOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        Root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        if (!Directory.Exists(Root))
            throw new DirectoryNotFoundException($"There is no directory '{Root}' to serve files from: create it, or give the path as seen from '{Environment.CurrentDirectory}'.");
        _realRoot = RealPath.Of(Root) ?? Root;
        _options = options ?? new StaticOptions();
    }

    /// <summary>The full path of the directory.</summary>
    public string Root { get; }

    /// <summary>Files that are held open now.</summary>
    internal int OpenCount => _open.Count;

    /// <summary>
    /// The version of a file, to be put behind its URL as <c>?v=</c> (aiohttp: <c>append_version</c>): a hash of its content, so that a client may keep it for ever
    /// (<see cref="StaticOptions.VersionedCacheControl"/>). Null if there is no such file. The content is read once for as long as the file is held open.
    /// </summary>
    /// <param name="file">The path below the directory, with slashes: <c>css/site.css</c>.</param>
    public string? VersionOf(string file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (!StaticPath.IsBelow(file, _options.DotFiles) || Find(file, now: null) is not { } found || !found.TryUse())
            return null;
        try
        {
            return found.Version ??= Hash(found.Plain);
        }
        finally
        {
            found.Release();
        }
    }

    /// <summary>Answers a request with a file, for a route of your own: <see cref="Web.Static(string, string, StaticOptions, string, string, int)"/> does it for all below a prefix.</summary>
    /// <param name="request">A GET or HEAD.</param>
    /// <param name="file">The path below the directory, decoded, with slashes; it may come from the client.</param>
    public StreamResponse Respond(Request request, string file)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(file);
        bool asDirectory = file.Length == 0 || file[^1] == '/';
        string path = asDirectory && file.Length > 0 ? file[..^1] : file;
        if (HasEscapedSeparator(request) || (file.Length > 0 && !StaticPath.IsBelow(path, _options.DotFiles)))
            return NotFound();
        long now = request.Exchange.Milliseconds;
        if (!asDirectory && Find(path, now) is { } found)
            return FileOf(request, path, found);
        if (OfDirectory(request, path, now) is { } page)
            return asDirectory ? page : WithSlash(request);
        if (_options.Fallback is { } fallback && !Path.GetFileName(path.AsSpan()).Contains('.') && Find(fallback, now) is { } known)
            return FileOf(request, fallback, known);
        return NotFound();
    }

    private static Response NotFound() => new HttpNotFoundException().ToResponse();

    /// <summary>An escaped slash or backslash is part of a name, and no file has such a name. The target is looked at as it was sent: decoded, the two cannot be told apart.</summary>
    private static bool HasEscapedSeparator(Request request) => request.View.Take(0, static (view, _) =>
    {
        var path = view.Path;
        for (int i = path.IndexOf((byte)'%'); i >= 0 && i + 2 < path.Length;)
        {
            if ((path[i + 1] == '2' && (path[i + 2] | 0x20) == 'f') || (path[i + 1] == '5' && (path[i + 2] | 0x20) == 'c'))
                return true;
            int next = path[(i + 1)..].IndexOf((byte)'%');
            i = next < 0 ? -1 : i + 1 + next;
        }
        return false;
    });

    /// <summary>Relative links of a directory's page need the slash. The target as sent begins with one slash, so this leads to no other host (CVE-2021-21330).</summary>
    private static Response WithSlash(Request request)
    {
        string path = request.View.Take(0, static (view, _) => Encoding.Latin1.GetString(view.Path));
        return new HttpMovedPermanentlyException(request.QueryString.Length == 0 ? path + "/" : $"{path}/?{request.QueryString}").ToResponse();
    }

    private static string Hash(OpenFile file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] piece = ArrayPool<byte>.Shared.Rent(64 * 1024);
        int n;
        for (long offset = 0; (n = RandomAccess.Read(file.Handle, piece, offset)) > 0; offset += n)
            hash.AppendData(piece, 0, n);
        ArrayPool<byte>.Shared.Return(piece);
        return Base64Url.EncodeToString(hash.GetHashAndReset());
    }

    private FileResponse FileOf(Request request, string path, FileVariants found)
    {
        var response = new FileResponse(Path.Join(Root, path), found) { Precompressed = _options.Precompressed };
        if (_options.ContentTypes.Count > 0 && _options.ContentTypes.TryGetValue(Path.GetExtension(path), out string? type))
            response.ContentType = type;
        bool isVersioned = found.Version is { } version && request.QueryString.Length > 0 && request.Query["v"] == version;
        if ((isVersioned ? _options.VersionedCacheControl : _options.CacheControl) is { } cacheControl)
            response.CacheControl = cacheControl;
        return response;
    }

    private StreamResponse? OfDirectory(Request request, string path, long now)
    {
        if ((_options.DefaultDocument is null && !_options.ShowIndex) || Locate(path) is not { } directory || !Directory.Exists(directory))
            return null;
        if (_options.DefaultDocument is { } document)
        {
            string name = path.Length == 0 ? document : $"{path}/{document}";
            if (Find(name, now) is { } found)
                return FileOf(request, name, found);
        }
        return _options.ShowIndex ? DirectoryPage.Of(directory, path, _options) : null;
    }

    /// <summary>Where a path below the root really is; null if that is outside.</summary>
    private string? Locate(string path)
    {
        if (path.Length == 0)
            return _realRoot;
        string full = Path.Join(_realRoot, path);
        if (_options.FollowLinks)
            return full;
        // The end of the root may be a separator: it may be the root of all.
        return RealPath.Of(full) is { } real && real.StartsWith(_realRoot, StringComparison.Ordinal)
            && (Path.EndsInDirectorySeparator(_realRoot) || (real.Length > _realRoot.Length && real[_realRoot.Length] == Path.DirectorySeparatorChar)) ? real : null;
    }

    /// <summary>The file at a path, held open for this request and the next ones. Names that are not there are never kept (CVE-2024-52303).</summary>
    /// <param name="path">Known to be below the root.</param>
    /// <param name="now">Null: the system is asked at any rate.</param>
    private FileVariants? Find(string path, long? now)
    {
        if (_open.TryGetValue(path, out var held))
        {
            if (now - held.CheckedAt < (long)_options.CheckInterval.TotalMilliseconds)
                return held;
            if (Locate(path) == held.FullPath && held.IsUnchanged())
            {
                held.CheckedAt = now ?? held.CheckedAt;
                return held;
            }
            if (_open.TryRemove(new(path, held)))
                held.Release();
        }
        if (Locate(path) is not { } real || FileVariants.TryOpen(real, _options.FollowLinks, out _) is not { } opened)
            return null;
        opened.CheckedAt = now ?? Unchecked;
        if (_open.Count >= _options.OpenFilesMax)
            LetAllGo();
        held = _open.GetOrAdd(path, opened);
        if (held != opened)
            opened.Release();
        return held;
    }

    private void LetAllGo()
    {
        foreach (var entry in _open)
        {
            if (_open.TryRemove(entry))
                entry.Value.Release();
        }
    }
}
