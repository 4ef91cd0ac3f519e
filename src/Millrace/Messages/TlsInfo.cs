using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Millrace;

/// <summary>What client and server agreed on for an encrypted connection (aiohttp: <c>get_extra_info("ssl_object")</c>).</summary>
public sealed class TlsInfo
{
    internal TlsInfo(SslStream session, X509Certificate2? clientCertificate)
    {
        Protocol = session.SslProtocol;
        CipherSuite = session.NegotiatedCipherSuite;
        ApplicationProtocol = session.NegotiatedApplicationProtocol.ToString();
        ServerName = session.TargetHostName;
        ClientCertificate = clientCertificate;
    }

    /// <summary>The version of TLS.</summary>
    public SslProtocols Protocol { get; }

    /// <summary>The cipher suite.</summary>
    public TlsCipherSuite CipherSuite { get; }

    /// <summary>The protocol agreed on by ALPN, such as <c>http/1.1</c>; empty if the client offered none.</summary>
    public string ApplicationProtocol { get; }

    /// <summary>The host name the client asked for in its greeting (SNI); empty if it named none.</summary>
    public string ServerName { get; }

    /// <summary>The certificate the client showed and the server accepted; null if it showed none.</summary>
    public X509Certificate2? ClientCertificate { get; }
}
