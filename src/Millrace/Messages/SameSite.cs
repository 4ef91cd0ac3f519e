namespace Millrace;

/// <summary>Whether a cookie goes along with requests that other sites cause (RFC 6265bis section 5.4.7).</summary>
public enum SameSite
{
    /// <summary>With every request; asks for <see cref="ResponseCookie.Secure"/>.</summary>
    None,

    /// <summary>With navigations to this site, not with what other sites embed or post.</summary>
    Lax,

    /// <summary>With requests of this site alone.</summary>
    Strict,
}
