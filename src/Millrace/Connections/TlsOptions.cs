using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Millrace.Messages;

namespace Millrace;

/// <summary>How a server encrypts: its certificates, which clients it wants to know, and what it speaks.</summary>
/// <remarks>One instance may serve several addresses.</remarks>
public sealed class TlsOptions
{
    /// <summary>The certificate for every client that asks for no host of <see cref="HostCertificates"/>; null refuses those.</summary>
    public TlsCertificate? Certificate { get; init; }

    /// <summary>
    /// Certificates by the host name a client asks for (SNI), without regard to case. <c>*.example.org</c> stands for every name with one label
    /// in place of the star; a name that stands there in full comes first. Default: none.
    /// </summary>
    /// <exception cref="ArgumentException">A name is empty, or has a star elsewhere.</exception>
    public IReadOnlyDictionary<string, TlsCertificate> HostCertificates
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            foreach (string host in value.Keys)
            {
                if (host.Length == 0 || host.LastIndexOf('*') > 0 || (host[0] == '*' && !host.StartsWith("*.", StringComparison.Ordinal)))
                    throw new ArgumentException($"'{host}' is no host name: write it as 'example.org' or '*.example.org'.", nameof(value));
            }
            field = new Dictionary<string, TlsCertificate>(value, StringComparer.OrdinalIgnoreCase);
        }
    } = new Dictionary<string, TlsCertificate>();

    /// <summary>
    /// Chooses by the host name a client asks for (SNI; empty if it names none), before <see cref="HostCertificates"/> is looked at; null leaves it to that.
    /// It runs on the event loop during the handshake.
    /// </summary>
    public Func<string, TlsCertificate?>? SelectCertificate { get; init; }

    /// <summary>Whether clients show a certificate; default <see cref="ClientCertificateMode.None"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to what is no mode.</exception>
    public ClientCertificateMode ClientCertificates
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Choose one of ClientCertificateMode.");
    }

    /// <summary>The issuers whose client certificates are valid; null, the default, means those the system trusts.</summary>
    public X509Certificate2Collection? ClientCertificateRoots { get; init; }

    /// <summary>
    /// Has the last word about a client's certificate: it gets the certificate, its chain and what is wrong with them. Default: nothing may be wrong.
    /// It runs on the event loop during the handshake.
    /// </summary>
    public Func<X509Certificate2, X509Chain?, SslPolicyErrors, bool>? ValidateClientCertificate { get; init; }

    /// <summary>The versions of TLS that are spoken; default 1.2 and 1.3.</summary>
    /// <exception cref="ArgumentException">Set to none, or to an older version (RFC 8996).</exception>
    public SslProtocols Protocols
    {
        get;
        init
        {
            const SslProtocols Sound = SslProtocols.Tls12 | SslProtocols.Tls13;
            if ((value & Sound) == 0 || (value & ~Sound) != 0)
                throw new ArgumentException("Choose SslProtocols.Tls12, Tls13 or both: everything older is broken.", nameof(value));
            field = value;
        }
    } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>Whether a client that comes again may leave out most of the handshake; default true. Where client certificates are asked for, none does.</summary>
    public bool SessionResumption { get; init; } = true;

    /// <summary>How long a client may take from connecting to the end of the handshake; default 10 s (Kestrel). Then the connection is closed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero or less.</exception>
    public TimeSpan HandshakeTimeout
    {
        get;
        init => field = TimeLimits.Positive(value);
    } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a changed certificate file may go unnoticed; default 10 s. The files are looked at when a client connects;
    /// <see cref="Timeout.InfiniteTimeSpan"/> leaves them to <see cref="Reload"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to zero or less.</exception>
    public TimeSpan CertificateCheckInterval
    {
        get;
        init => field = TimeLimits.Positive(value);
    } = TimeSpan.FromSeconds(10);

    /// <summary>What ALPN offers.</summary>
    internal List<SslApplicationProtocol> ApplicationProtocols { get; } = [SslApplicationProtocol.Http11];

    /// <summary>Every certificate that these options name.</summary>
    internal IEnumerable<TlsCertificate> Certificates => (Certificate is null ? [] : (IEnumerable<TlsCertificate>)[Certificate]).Concat(HostCertificates.Values).Distinct();

    /// <summary>Reads the certificates again from where they came; connections that are open keep theirs. If one fails, it and those behind it stay as they were.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A file does not hold what it should.</exception>
    /// <exception cref="ArgumentException">There is no certificate with a private key any more.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public void Reload()
    {
        foreach (var certificate in Certificates)
            certificate.Reload();
    }

    /// <summary>The certificate for a host name; null if there is none.</summary>
    internal TlsCertificate? Find(string host)
    {
        if (SelectCertificate?.Invoke(host) is { } selected)
            return selected;
        if (HostCertificates.Count > 0 && host.Length > 0)
        {
            if (HostCertificates.TryGetValue(host, out var exact))
                return exact;
            int dot = host.IndexOf('.');
            if (dot > 0 && HostCertificates.TryGetValue("*" + host[dot..], out var wildcard))
                return wildcard;
        }
        return Certificate;
    }

    /// <exception cref="InvalidOperationException">There is no certificate at all.</exception>
    internal void Check()
    {
        if (SelectCertificate is null && !Certificates.Any())
            throw new InvalidOperationException("TlsOptions has no certificate: set Certificate, HostCertificates or SelectCertificate.");
    }
}
