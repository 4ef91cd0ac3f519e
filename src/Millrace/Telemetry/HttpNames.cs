using System.Globalization;
using System.Security.Authentication;
using Millrace.Protocol.Semantics;

namespace Millrace.Telemetry;

/// <summary>What metrics and spans say of a request, as OpenTelemetry's HTTP conventions write it. Of each there are few values, whatever clients send.</summary>
internal static class HttpNames
{
    public const string OtherMethod = "_OTHER";

    public static string MethodOf(Request request) => request.KnownMethod == KnownMethod.Other ? OtherMethod : request.Method;

    public static string VersionOf(Request request) => request.View.Head.MinorVersion == 0 ? "1.0" : "1.1";

    public static string VersionOf(SslProtocols protocol) => protocol == SslProtocols.Tls13 ? "1.3" : "1.2";

    /// <summary>The error of a request: what its handler threw, else a status that says the server failed; null for none.</summary>
    public static string? ErrorOf(int status, Exception? failure) =>
        failure is not null ? failure.GetType().FullName
        : status >= 500 ? status.ToString(CultureInfo.InvariantCulture)
        : null;
}
