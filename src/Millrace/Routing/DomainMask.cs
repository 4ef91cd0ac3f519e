using System.Text;
using System.Text.RegularExpressions;
using Millrace.Protocol.Semantics;

namespace Millrace.Routing;

/// <summary>A host name, or a mask in which <c>*</c> stands for any characters. With a port it matches that port alone, without one every port.</summary>
internal sealed class DomainMask
{
    private readonly Regex _regex;

    public DomainMask(string mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        if (mask.Contains("://", StringComparison.Ordinal) || mask.Contains('/'))
            throw new ArgumentException($"The domain '{mask}' must be a host alone, as example.com, *.example.com or example.com:8080: leave scheme and path away.", nameof(mask));
        if (!HostSyntax.TryParse(Encoding.UTF8.GetBytes(mask.Replace('*', 'x')), out _, out int port) || Array.Exists(mask.Split(':')[0].Split('.'), IsNoLabel))
            throw new ArgumentException($"The domain '{mask}' is no host name: one is labels of letters, digits, hyphens and underscores with dots between, and * for any.", nameof(mask));
        string text = Regex.Escape(mask.ToLowerInvariant()).Replace(@"\*", ".*", StringComparison.Ordinal);
        _regex = new Regex(port < 0 ? $@"\A{text}(:[0-9]*)?\z" : $@"\A{text}\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }

    /// <param name="host">As the client wrote it, maybe with a port.</param>
    public bool Matches(string host) => _regex.IsMatch(host.ToLowerInvariant());

    private static bool IsNoLabel(string label) =>
        label.Length == 0 || label[0] == '-' || label[^1] == '-' || !label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '*');
}
