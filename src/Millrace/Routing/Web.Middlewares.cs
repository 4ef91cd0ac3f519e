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
}
