using System.Globalization;
using System.Text;
using Millrace.Messages;
using Millrace.Protocol.Semantics;

namespace Millrace;

/// <summary>A cookie to be set at the client (RFC 6265bis section 4.1; aiohttp: the arguments of <c>set_cookie</c>).</summary>
/// <remarks>What a browser would silently throw away, such as a <c>__Host-</c> cookie with a domain, throws when the cookie is set.</remarks>
public sealed class ResponseCookie
{
    /// <summary>Most bytes of name and value together that browsers keep (RFC 6265bis section 5.6).</summary>
    private const int NameAndValueBytesMax = 4096;

    /// <summary>Makes a cookie.</summary>
    /// <param name="name">A token; names are case-sensitive.</param>
    /// <param name="value">Any text of characters up to U+00FF without control characters. What may not stand in a cookie as it is, such as a semicolon, is quoted and comes back as it was in <see cref="Request.Cookies"/>.</param>
    /// <exception cref="ArgumentException">Name or value have other characters, or are longer than the 4096 bytes that browsers keep.</exception>
    public ResponseCookie(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        OutgoingFields.CheckName(name);
        string quoted = CookieText.Quote(value);
        if (name.Length + quoted.Length > NameAndValueBytesMax)
            throw new ArgumentException($"The cookie '{name}' is longer than the {NameAndValueBytesMax} bytes that browsers keep: store the data on the server and set a key to it.", nameof(value));
        Name = name;
        Value = value;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The value, not quoted.</summary>
    public string Value { get; }

    /// <summary>The paths it is sent back to; default <c>/</c>, null: the directory of the request's path.</summary>
    /// <exception cref="ArgumentException">Set to a text with semicolons, control characters or characters beyond ASCII.</exception>
    public string? Path { get; init => field = Checked(value); } = "/";

    /// <summary>The domain it is sent back to, subdomains included; null, the default: the host of the request alone.</summary>
    /// <exception cref="ArgumentException">Set to a text with semicolons, control characters or characters beyond ASCII.</exception>
    public string? Domain { get; init => field = Checked(value); }

    /// <summary>How long the client keeps it, in whole seconds; zero or less deletes it; null, the default: until the browser ends.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Until when the client keeps it; <see cref="MaxAge"/>, which does not depend on the client's clock, wins where both stand.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Sent back over TLS alone.</summary>
    public bool Secure { get; init; }

    /// <summary>Kept from scripts.</summary>
    public bool HttpOnly { get; init; }

    /// <summary>Whether it goes along with requests that other sites cause; null, the default, leaves it to the browser, which takes <see cref="SameSite.Lax"/>.</summary>
    public SameSite? SameSite { get; init; }

    /// <summary>Kept apart for each site that embeds this one (CHIPS).</summary>
    public bool Partitioned { get; init; }

    /// <summary>The value of the Set-Cookie field.</summary>
    /// <exception cref="InvalidOperationException">Browsers would throw the cookie away: its name's prefix, SameSite=None or Partitioned ask for what is not set.</exception>
    public override string ToString()
    {
        ThrowIfBrowsersRefuse();
        var text = new StringBuilder(Name).Append('=').Append(CookieText.Quote(Value));
        if (Expires is { } expires)
            text.Append("; Expires=").Append(HttpDate.ToString(expires));
        if (MaxAge is { } age)
            text.Append(CultureInfo.InvariantCulture, $"; Max-Age={Math.Max(0, (long)age.TotalSeconds)}");
        if (Domain is not null)
            text.Append("; Domain=").Append(Domain);
        if (Path is not null)
            text.Append("; Path=").Append(Path);
        if (Secure)
            text.Append("; Secure");
        if (HttpOnly)
            text.Append("; HttpOnly");
        if (SameSite is { } sameSite)
            text.Append("; SameSite=").Append(sameSite);
        if (Partitioned)
            text.Append("; Partitioned");
        return text.ToString();
    }

    private void ThrowIfBrowsersRefuse()
    {
        // RFC 6265bis section 4.1.3; browsers compare the prefixes without regard to case.
        bool isHost = Name.StartsWith("__Host-", StringComparison.OrdinalIgnoreCase);
        if ((isHost || Name.StartsWith("__Secure-", StringComparison.OrdinalIgnoreCase)) && !Secure)
            throw new InvalidOperationException($"Browsers refuse the cookie '{Name}' unless it is Secure: set Secure = true.");
        if (isHost && (Domain is not null || Path != "/"))
            throw new InvalidOperationException($"Browsers refuse the cookie '{Name}' unless its Path is \"/\" and it has no Domain.");
        if ((SameSite == Millrace.SameSite.None || Partitioned) && !Secure)
            throw new InvalidOperationException($"Browsers refuse the cookie '{Name}': SameSite=None and Partitioned ask for Secure = true.");
    }

    private static string? Checked(string? attribute)
    {
        if (attribute is not null && (attribute.Contains(';', StringComparison.Ordinal) || attribute.AsSpan().ContainsAnyExceptInRange(' ', '~')))
            throw new ArgumentException("An attribute of a cookie is ASCII without semicolons and control characters: percent-encode the path, write the domain in Punycode.");
        return attribute;
    }
}
