using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Millrace;

/// <summary>A certificate with its private key, and where it comes from, so that it can be read again.</summary>
public sealed class TlsCertificate
{
    private readonly Func<(X509Certificate2 Leaf, X509Certificate2Collection Others)> _load;
    private readonly string[] _files;
    private long _stamp;

    // Sessions are resumed as long as this object stays the same: it holds their keys.
    private volatile SslStreamCertificateContext _context;

    private TlsCertificate(Func<(X509Certificate2 Leaf, X509Certificate2Collection Others)> load, params string[] files)
    {
        _load = load;
        _files = [.. files.Select(Path.GetFullPath)];
        _stamp = Stamp();
        _context = LoadContext();
    }

    /// <summary>The certificate that new connections get.</summary>
    public X509Certificate2 Certificate => _context.TargetCertificate;

    internal SslStreamCertificateContext Context => _context;

    /// <summary>Reads PEM files, such as an ACME client writes.</summary>
    /// <param name="certificatePath">The certificate, and behind it those of its issuers.</param>
    /// <param name="keyPath">The private key; null if it stands in the same file.</param>
    /// <param name="password">The password of an encrypted key.</param>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A file does not hold what it should, or the key belongs to another certificate.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static TlsCertificate FromPemFiles(string certificatePath, string? keyPath = null, string? password = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(certificatePath);
        return new TlsCertificate(Load, keyPath is null ? [certificatePath] : [certificatePath, keyPath]);

        (X509Certificate2, X509Certificate2Collection) Load()
        {
            var leaf = password is null
                ? X509Certificate2.CreateFromPemFile(certificatePath, keyPath)
                : X509Certificate2.CreateFromEncryptedPemFile(certificatePath, password, keyPath);
            var others = new X509Certificate2Collection();
            others.ImportFromPemFile(certificatePath);
            return (Lasting(leaf), others);
        }
    }

    /// <summary>Reads a PKCS #12 file (.pfx, .p12).</summary>
    /// <param name="path">The file.</param>
    /// <param name="password">Its password.</param>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The file is none, or the password is wrong.</exception>
    /// <exception cref="ArgumentException">It holds no certificate with a private key.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TlsCertificate FromPfxFile(string path, string? password = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new TlsCertificate(Load, path);

        (X509Certificate2, X509Certificate2Collection) Load()
        {
            var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(path, password);
            var leaf = all.FirstOrDefault(certificate => certificate.HasPrivateKey)
                ?? throw new ArgumentException($"{path} holds no certificate with a private key: export it together with its key.");
            return (leaf, all);
        }
    }

    /// <summary>Takes a certificate that is there already. <see cref="Reload"/> changes nothing.</summary>
    /// <param name="certificate">The certificate, with its private key.</param>
    /// <param name="issuers">The certificates of its issuers, which clients may not know.</param>
    /// <exception cref="ArgumentException">It has no private key.</exception>
    public static TlsCertificate From(X509Certificate2 certificate, params IEnumerable<X509Certificate2> issuers)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(issuers);
        var others = new X509Certificate2Collection(issuers.ToArray());
        return new TlsCertificate(() => (certificate, others));
    }

    /// <summary>Takes the valid certificate with a private key that lasts longest from a store of the system.</summary>
    /// <param name="subject">A part of the subject's name, such as the host.</param>
    /// <param name="storeName">Which store.</param>
    /// <param name="storeLocation">Whose store.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static TlsCertificate FromStore(string subject, StoreName storeName = StoreName.My, StoreLocation storeLocation = StoreLocation.CurrentUser)
    {
        ArgumentException.ThrowIfNullOrEmpty(subject);
        return new TlsCertificate(Load);

        (X509Certificate2, X509Certificate2Collection) Load()
        {
            using var store = new X509Store(storeName, storeLocation, OpenFlags.ReadOnly);
            var leaf = store.Certificates.Find(X509FindType.FindBySubjectName, subject, validOnly: false)
                .Find(X509FindType.FindByTimeValid, TimeProvider.System.GetLocalNow().DateTime, validOnly: false)
                .Where(certificate => certificate.HasPrivateKey)
                .MaxBy(certificate => certificate.NotAfter)
                ?? throw new ArgumentException($"The store {storeName} of {storeLocation} holds no valid certificate for '{subject}' with a private key.");
            return (leaf, []);
        }
    }

    /// <summary>Reads the certificate again from where it came. Connections that are open keep theirs; if it fails, so do new ones.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The files do not hold what they should.</exception>
    /// <exception cref="ArgumentException">There is no certificate with a private key any more.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public void Reload()
    {
        Interlocked.Exchange(ref _stamp, Stamp());
        _context = LoadContext();
    }

    /// <summary>Reads the certificate again if its files have changed since it was last read; each change is tried once.</summary>
    internal void ReloadIfChanged()
    {
        if (_files.Length > 0 && Stamp() != Volatile.Read(ref _stamp))
            Reload();
    }

    /// <summary>Its files, or whom it is for.</summary>
    public override string ToString() => _files.Length > 0 ? string.Join(", ", _files) : Certificate.Subject;

    private SslStreamCertificateContext LoadContext()
    {
        var (leaf, others) = _load();
        if (!leaf.HasPrivateKey)
            throw new ArgumentException($"The certificate {leaf.Subject} has no private key: a server must own one.");
        return SslStreamCertificateContext.Create(leaf, others, offline: true);
    }

    /// <summary>Changes whenever a file is written or a link to it is turned elsewhere.</summary>
    private long Stamp()
    {
        var stamp = new HashCode();
        foreach (string file in _files)
        {
            var info = new FileInfo(File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file);
            stamp.Add(info.FullName, StringComparer.Ordinal);
            stamp.Add(info.Exists ? info.LastWriteTimeUtc : DateTime.MinValue);
        }
        return stamp.ToHashCode();
    }

    // Windows cannot serve with a key that lives in memory only.
    private static X509Certificate2 Lasting(X509Certificate2 certificate) =>
        OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null) : certificate;
}
