using Millrace.Messages;
using Millrace.Routing;

namespace Millrace;

public static partial class Web
{
    /// <summary>
    /// A middleware that redirects a request which would be 404 or 405 to a path that has a route: with slashes merged, then with a slash at its end, or without (aiohttp: normalize_path_middleware).
    /// The query is kept; a Location begins with one slash, so it never leads to another host.
    /// </summary>
    /// <param name="appendSlash">Whether a slash at the end is tried.</param>
    /// <param name="removeSlash">Whether no slash at the end is tried; not together with <paramref name="appendSlash"/>.</param>
    /// <param name="mergeSlashes">Whether one slash is tried for several.</param>
    /// <param name="status">The status of the redirect, 301, 302, 303, 307 or 308; 308, the default, keeps the method.</param>
    /// <exception cref="ArgumentException">Both <paramref name="appendSlash"/> and <paramref name="removeSlash"/> are true.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The status is no redirect.</exception>
    public static Middleware NormalizePath(bool appendSlash = true, bool removeSlash = false, bool mergeSlashes = true, int status = 308)
    {
        if (appendSlash && removeSlash)
            throw new ArgumentException("A slash cannot be appended and removed: set appendSlash to false.", nameof(removeSlash));
        if (status is not (301 or 302 or 303 or 307 or 308))
            throw new ArgumentOutOfRangeException(nameof(status), status, "A redirect is 301, 302, 303, 307 or 308.");
        return new PathNormalizer(appendSlash, removeSlash, mergeSlashes, status).RunAsync;
    }

    /// <summary>
    /// A middleware that has the responses of an application, or of a route, sent in the coding that their client likes best, as <see cref="StreamResponse.EnableCompression"/> does for one: those of the
    /// handlers, those that are thrown, files and streams. Wherever it stands, the other middlewares see bodies as they were before.
    /// </summary>
    /// <remarks>
    /// What a response says of itself counts more: <see cref="StreamResponse.EnableCompression"/> and <see cref="StreamResponse.DisableCompression"/>. A response which mixes secrets with what an attacker
    /// chose can be guessed from its compressed length (BREACH): switch it off there.
    /// </remarks>
    /// <param name="options">Null: the defaults.</param>
    public static Middleware Compress(CompressionOptions? options = null)
    {
        var rules = new CompressionRules(options ?? new CompressionOptions());
        return (request, next) =>
        {
            request.Compression = rules;
            return next(request);
        };
    }
}
