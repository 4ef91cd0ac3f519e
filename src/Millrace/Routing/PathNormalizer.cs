using System.Text;

namespace Millrace.Routing;

/// <summary>Redirects a request that no route takes to the path that it was probably meant for.</summary>
internal sealed class PathNormalizer(bool appendSlash, bool removeSlash, bool mergeSlashes, int status)
{
    public ValueTask<StreamResponse> RunAsync(Request request, Handler next)
    {
        if (request.Destination is not Endpoint { Refusal.Status: 404 or 405 } endpoint)
            return next(request);
        byte[] path = request.View.Path.ToArray();
        foreach (string candidate in Candidates(Encoding.Latin1.GetString(path)))
        {
            string location = WithOneSlash(candidate);
            byte[] bytes = Encoding.Latin1.GetBytes(location);
            if (!bytes.AsSpan().SequenceEqual(path) && endpoint.Router.Knows(request, bytes))
                return new ValueTask<StreamResponse>(Redirect(request, location));
        }
        return next(request);
    }

    private Response Redirect(Request request, string path)
    {
        string query = request.QueryString;
        var response = new Response(status);
        response.Headers["Location"] = query.Length == 0 ? path : $"{path}?{query}";
        return response;
    }

    // In the order of aiohttp: merged, then with its end changed, then both.
    private IEnumerable<string> Candidates(string path)
    {
        string merged = mergeSlashes ? Merge(path) : path;
        if (mergeSlashes)
            yield return merged;
        foreach (string candidate in mergeSlashes ? (string[])[path, merged] : [path])
        {
            if (appendSlash && !candidate.EndsWith('/'))
                yield return candidate + "/";
            if (removeSlash && candidate.Length > 1 && candidate.EndsWith('/'))
                yield return candidate[..^1];
        }
    }

    private static string Merge(string path)
    {
        var merged = new StringBuilder(path.Length);
        foreach (char c in path)
        {
            if (c != '/' || merged.Length == 0 || merged[^1] != '/')
                merged.Append(c);
        }
        return merged.ToString();
    }

    // '//host' and '/\host' are other hosts to a browser (CVE-2021-21330).
    private static string WithOneSlash(string path) => "/" + path.TrimStart(['/', '\\']);
}
