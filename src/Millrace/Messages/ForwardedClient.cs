using System.Net;

namespace Millrace.Messages;

/// <summary>Who sent a request, with which scheme and to which host: as the connection says it, or as trusted proxies do.</summary>
internal sealed record ForwardedClient(EndPoint? EndPoint, string Scheme, string Host);
