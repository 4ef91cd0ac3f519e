using Millrace.Protocol.Semantics;

namespace Millrace;

/// <summary>405: the resource is there, but not for this method (aiohttp: HTTPMethodNotAllowed).</summary>
public sealed class HttpMethodNotAllowedException : HttpException
{
    /// <summary>Makes the answer with Allow, which a 405 must have (RFC 9110 section 15.5.6).</summary>
    /// <param name="method">The method that was asked for.</param>
    /// <param name="allowed">The methods that the resource has; sent sorted and each once.</param>
    /// <param name="text">The body; null sends the status and its reason.</param>
    /// <exception cref="ArgumentException">A method is no token.</exception>
    public HttpMethodNotAllowedException(string method, IEnumerable<string> allowed, string? text = null) : base(405, text)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(allowed);
        Method = method;
        AllowedMethods = [.. allowed.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        foreach (string name in AllowedMethods)
            OutgoingFields.CheckName(name);
        Headers["Allow"] = string.Join(", ", AllowedMethods);
    }

    /// <summary>The method that was asked for.</summary>
    public string Method { get; }

    /// <summary>The methods that the resource has, sorted.</summary>
    public IReadOnlyList<string> AllowedMethods { get; }
}
