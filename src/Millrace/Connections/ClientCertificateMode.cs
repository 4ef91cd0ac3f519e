namespace Millrace;

/// <summary>Whether clients show a certificate of their own.</summary>
public enum ClientCertificateMode
{
    /// <summary>Clients are not asked.</summary>
    None,

    /// <summary>Clients are asked and may refuse; one that is shown must be valid.</summary>
    Allowed,

    /// <summary>A client without a valid certificate is refused in the handshake.</summary>
    Required,
}
