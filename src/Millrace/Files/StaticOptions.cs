using Millrace.Protocol.Semantics;

namespace Millrace;

/// <summary>How a directory is served (<see cref="StaticFiles"/>).</summary>
public sealed class StaticOptions
{
    /// <summary>The file that answers for its directory, as <c>index.html</c>; null, the default: none.</summary>
    /// <exception cref="ArgumentException">Set to what is no plain name.</exception>
    public string? DefaultDocument
    {
        get;
        init => field = value is null ? null : CheckedName(value, nameof(DefaultDocument));
    }

    /// <summary>The file of the root that answers, with 200, for every path that is missing and whose last part has no dot: a single-page application. Null, the default: none.</summary>
    /// <exception cref="ArgumentException">Set to what is no plain name.</exception>
    public string? Fallback
    {
        get;
        init => field = value is null ? null : CheckedName(value, nameof(Fallback));
    }

    /// <summary>Whether a directory without default document is answered with a page of its names (aiohttp: <c>show_index</c>). Default false.</summary>
    public bool ShowIndex { get; init; }

    /// <summary>Whether symbolic links may lead out of the directory (aiohttp: <c>break_symlink_sandbox</c>). Default false: what lies outside is not there.</summary>
    public bool FollowLinks { get; init; }

    /// <summary>Whether names that begin with a dot are served; <c>.well-known</c> always is. Default false: nobody should find <c>.git</c> or <c>.env</c>.</summary>
    public bool DotFiles { get; init; }

    /// <summary>Whether files beside others with <c>.br</c>, <c>.zst</c> or <c>.gz</c> behind the name are sent in their place; see <see cref="FileResponse.Precompressed"/>. Default true.</summary>
    public bool Precompressed { get; init; } = true;

    /// <summary>The Cache-Control field of every file, as <c>public, max-age=3600</c>; null, the default, sends none, and clients ask whether it has changed as they like.</summary>
    /// <exception cref="ArgumentException">Set to a text with line breaks or other control characters.</exception>
    public string? CacheControl
    {
        get;
        init
        {
            if (value is not null)
                OutgoingFields.CheckValue("Cache-Control", value);
            field = value;
        }
    }

    /// <summary>The Cache-Control field of a file that was asked for with its present version (<see cref="StaticFiles.VersionOf"/>). Default: a year, immutable (RFC 8246).</summary>
    /// <exception cref="ArgumentException">Set to a text with line breaks or other control characters.</exception>
    public string VersionedCacheControl
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            OutgoingFields.CheckValue("Cache-Control", value);
            field = value;
        }
    } = "public, max-age=31536000, immutable";

    /// <summary>Media types by extension, with its dot, in place of those known here: <c>new Dictionary&lt;string, string&gt; { [".ts"] = "text/x-typescript" }</c>.</summary>
    /// <exception cref="ArgumentException">An extension has no dot at its beginning, or a type has control characters.</exception>
    public IReadOnlyDictionary<string, string> ContentTypes
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            var types = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var (extension, type) in value)
            {
                if (!extension.StartsWith('.'))
                    throw new ArgumentException($"The extension '{extension}' has no dot: write \".{extension}\".", nameof(ContentTypes));
                OutgoingFields.CheckValue("Content-Type", type);
                types[extension] = type;
            }
            field = types;
        }
    } = new Dictionary<string, string>();

    /// <summary>Most files that are held open, with what is known of them, for the next requests; 1 to 100,000, default 256. Beyond that all are let go and the holding begins anew.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to another number.</exception>
    public int OpenFilesMax
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 100_000);
            field = value;
        }
    } = 256;

    /// <summary>How long a file that is held open is believed to be unchanged; 0 to 1 minute, default 250 ms. Then the system is asked again, so nothing older than this is ever sent.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to another time.</exception>
    public TimeSpan CheckInterval
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromMinutes(1));
            field = value;
        }
    } = TimeSpan.FromMilliseconds(250);

    private static string CheckedName(string name, string option) =>
        Files.StaticPath.IsPlain(name, windows: true) ? name
            : throw new ArgumentException($"{option} is the name of a file, as \"index.html\": '{name}' has separators or characters that not every system can have in one.", option);
}
