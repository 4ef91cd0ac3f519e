using System.Net;

namespace Millrace.Protocol.ProxyProtocol;

/// <summary>What a proxy said about the connection it forwards; no addresses when it speaks for itself (a health check) or does not know.</summary>
internal readonly record struct ProxyHeader(IPEndPoint? Source, IPEndPoint? Destination);
