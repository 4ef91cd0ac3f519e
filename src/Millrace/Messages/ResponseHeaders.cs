using System.Collections;
using System.Runtime.InteropServices;
using Millrace.Protocol.Semantics;

namespace Millrace;

/// <summary>The header fields of a response, in the order they were added. Names compare without regard to case (RFC 9110 section 5.1).</summary>
/// <remarks>
/// Names and values are checked when they are set: a line break or another control character throws here, in the handler that
/// set it. The server itself writes Content-Length, Transfer-Encoding and Connection; Date and Server it writes unless they stand here.
/// </remarks>
public sealed class ResponseHeaders : IEnumerable<KeyValuePair<string, string>>
{
    private readonly List<KeyValuePair<string, string>> _fields = [];
    private List<ResponseCookie>? _cookies;

    /// <summary>No fields yet.</summary>
    public ResponseHeaders()
    {
    }

    /// <param name="contentType">A Content-Type that was checked; null for none.</param>
    internal ResponseHeaders(string? contentType)
    {
        if (contentType is not null)
            _fields.Add(new("Content-Type", contentType));
    }

    /// <summary>The number of fields.</summary>
    public int Count => _fields.Count;

    internal bool HasDate { get; private set; }

    internal bool HasServer { get; private set; }

    internal bool HasUpgrade { get; private set; }

    internal ReadOnlySpan<KeyValuePair<string, string>> Fields => CollectionsMarshal.AsSpan(_fields);

    /// <summary>The first value of a field, or null. Setting replaces every field of that name; null removes it.</summary>
    /// <exception cref="ArgumentException">The name or the value has characters that may not be sent, or the field is the server's to write.</exception>
    public string? this[string name]
    {
        get
        {
            int i = IndexOf(name);
            return i < 0 ? null : _fields[i].Value;
        }
        set
        {
            Remove(name);
            if (value is not null)
                Add(name, value);
        }
    }

    /// <summary>Adds a field and keeps those of the same name.</summary>
    /// <exception cref="ArgumentException">The name or the value has characters that may not be sent, or the field is the server's to write.</exception>
    public void Add(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(value);
        OutgoingFields.CheckName(name);
        OutgoingFields.CheckValue(name, value);
        if (Is(name, "Content-Length"))
            throw new ArgumentException("The server counts the body itself: set StreamResponse.ContentLength to announce a length.", nameof(name));
        if (Is(name, "Transfer-Encoding"))
            throw new ArgumentException("The server frames the body itself: leave Transfer-Encoding away.", nameof(name));
        if (Is(name, "Connection"))
            throw new ArgumentException("The server manages the connection: call StreamResponse.ForceClose() to end it after this response.", nameof(name));
        HasDate |= Is(name, "Date");
        HasServer |= Is(name, "Server");
        HasUpgrade |= Is(name, "Upgrade");
        _fields.Add(new(name, value));
    }

    /// <summary>Removes every field of that name; false if there was none.</summary>
    public bool Remove(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        HasDate &= !Is(name, "Date");
        HasServer &= !Is(name, "Server");
        HasUpgrade &= !Is(name, "Upgrade");
        return _fields.RemoveAll(field => Is(field.Key, name)) > 0;
    }

    /// <summary>Sets a cookie (aiohttp: <c>set_cookie</c>), in the place of one with the same name, domain and path that was set here before.</summary>
    /// <exception cref="InvalidOperationException">Browsers would refuse the cookie; the message says what it lacks.</exception>
    public void SetCookie(ResponseCookie cookie)
    {
        ArgumentNullException.ThrowIfNull(cookie);
        string value = cookie.ToString();
        if (_cookies?.Find(other => (other.Name, other.Domain, other.Path) == (cookie.Name, cookie.Domain, cookie.Path)) is { } replaced)
        {
            _cookies.Remove(replaced);
            _fields.Remove(new("Set-Cookie", replaced.ToString()));
        }
        (_cookies ??= []).Add(cookie);
        Add("Set-Cookie", value);
    }

    /// <summary>Sets a cookie for all paths that lasts until the browser ends; for more, <see cref="SetCookie(ResponseCookie)"/>.</summary>
    /// <exception cref="ArgumentException">Name or value have characters that may not stand in a cookie.</exception>
    public void SetCookie(string name, string value) => SetCookie(new ResponseCookie(name, value));

    /// <summary>Tells the client to throw a cookie away (aiohttp: <c>del_cookie</c>). Browsers know it by name, path and domain, so these must be those it was set with.</summary>
    /// <exception cref="ArgumentException">The name is no token.</exception>
    public void DeleteCookie(string name, string? path = "/", string? domain = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        SetCookie(new ResponseCookie(name, "")
        {
            Path = path,
            Domain = domain,
            MaxAge = TimeSpan.Zero,
            Expires = DateTimeOffset.UnixEpoch,
            // The prefixes ask for it also of the cookie that deletes (RFC 6265bis section 4.1.3).
            Secure = name.StartsWith("__", StringComparison.Ordinal),
        });
    }

    /// <summary>True if a field of that name is set.</summary>
    public bool Contains(string name) => IndexOf(name) >= 0;

    /// <summary>The fields in order.</summary>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Adds what stands in others, which were checked there; a Content-Type in the place of the one here.</summary>
    internal void AddAll(ResponseHeaders others)
    {
        HasDate |= others.HasDate;
        HasServer |= others.HasServer;
        HasUpgrade |= others.HasUpgrade;
        if (others.Contains("Content-Type"))
            Remove("Content-Type");
        _fields.AddRange(others._fields);
        if (others._cookies is not null)
            (_cookies ??= []).AddRange(others._cookies);
    }

    private int IndexOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _fields.FindIndex(field => Is(field.Key, name));
    }

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
