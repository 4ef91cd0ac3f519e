using System.Text;
using Millrace.Protocol.Semantics;

namespace Millrace;

public sealed partial class Request
{
    private static readonly UriCreationOptions AsSent = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>Whether <see cref="Scheme"/> is https (aiohttp: <c>secure</c>).</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public bool IsSecure => Scheme == "https";

    /// <summary>The path and query exactly as sent, percent signs and all (aiohttp: <c>path_qs</c>); <c>*</c> for that target, empty for CONNECT.</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public string PathAndQuery => _view.Take(0, static (view, _) =>
    {
        var target = view.Head.Target;
        string path = Encoding.Latin1.GetString(target.Path(view.Bytes));
        return target.HasQuery ? $"{path}?{Encoding.Latin1.GetString(target.Query(view.Bytes))}" : path;
    });

    /// <summary>
    /// The URL that was asked for (aiohttp: <c>url</c>), of <see cref="Scheme"/>, <see cref="Host"/> (the address connected to, if the client named none) and
    /// <see cref="PathAndQuery"/>, which stands there as sent.
    /// </summary>
    /// <exception cref="HttpException">The host is none that a URL can have (400).</exception>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public Uri Url
    {
        get
        {
            string host = Host is { Length: > 0 } named ? named : LocalEndPoint is System.Net.IPEndPoint local ? local.ToString() : "localhost";
            // The targets * and of CONNECT have no path.
            string path = PathAndQuery is ['/', ..] and var sent ? sent : "/";
            return Uri.TryCreate($"{Scheme}://{host}{path}", AsSent, out var url)
                ? url : throw new HttpBadRequestException(ProtocolFaults.Text(ProtocolFault.BadHost));
        }
    }
}
