using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Millrace.Tests.Support;

/// <summary>Certificates made for the tests, once per run: an issuer, what it issued, and a stranger.</summary>
internal static class TestCertificates
{
    private static readonly Lazy<X509Certificate2> TheIssuer = new(() => MakeIssuer("CN=The issuer"));
    private static readonly Lazy<X509Certificate2> AnotherIssuer = new(() => MakeIssuer("CN=Somebody else"));
    private static readonly Lazy<X509Certificate2> ForServer = new(() => Issue("localhost"));
    private static readonly Lazy<X509Certificate2> ForClient = new(() => Issue("a client"));
    private static readonly Lazy<X509Certificate2> ForStranger = new(() => Issue("a stranger", AnotherIssuer.Value));

    public static X509Certificate2 Issuer => TheIssuer.Value;

    public static X509Certificate2 OfServer => ForServer.Value;

    public static X509Certificate2 OfClient => ForClient.Value;

    /// <summary>Issued by nobody who is known.</summary>
    public static X509Certificate2 OfStranger => ForStranger.Value;

    public static TlsOptions Server => new() { Certificate = TlsCertificate.From(OfServer) };

    /// <summary>What a client says that trusts the issuer and shows no certificate.</summary>
    public static SslClientAuthenticationOptions Client(string host = "localhost", X509Certificate2? own = null, SslProtocols protocols = SslProtocols.None) => new()
    {
        TargetHost = host,
        EnabledSslProtocols = protocols,
        ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        ClientCertificates = own is null ? null : [own],
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { Issuer },
            RevocationMode = X509RevocationMode.NoCheck,
        },
    };

    public static X509Certificate2 Issue(string name, X509Certificate2? issuer = null)
    {
        issuer ??= Issuer;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (!name.Contains(' '))
            names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        using var bare = request.Create(issuer, issuer.NotBefore, issuer.NotAfter, Guid.NewGuid().ToByteArray());
        return bare.CopyWithPrivateKey(key);
    }

    private static X509Certificate2 MakeIssuer(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
