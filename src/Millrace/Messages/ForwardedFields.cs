namespace Millrace;

/// <summary>Which fields a trusted proxy tells the client's address in.</summary>
public enum ForwardedFields
{
    /// <summary>None: the connection's own address counts.</summary>
    None,

    /// <summary>Forwarded (RFC 7239).</summary>
    Forwarded,

    /// <summary>X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host.</summary>
    XForwarded,
}
