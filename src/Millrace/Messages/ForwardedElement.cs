namespace Millrace;

/// <summary>What one proxy says of the connection it served (RFC 7239 section 4), unquoted; what it did not say is null.</summary>
/// <param name="For">Who connected to it: an address, perhaps with a port, or a name of the proxy's own making.</param>
/// <param name="By">Where it was connected to.</param>
/// <param name="Host">The Host field it received.</param>
/// <param name="Proto">The scheme it was asked in.</param>
public sealed record ForwardedElement(string? For, string? By, string? Host, string? Proto);
