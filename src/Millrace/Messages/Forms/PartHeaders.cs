using System.Collections;
using System.Text;
using Millrace.Messages;
using Millrace.Protocol.Multipart;

namespace Millrace;

/// <summary>
/// The header fields of one part, in the client's order. Names compare without regard to case; values are UTF-8, as browsers send file names
/// (RFC 7578 section 5.1), or Latin-1 where they are not valid in it.
/// </summary>
public sealed class PartHeaders : IEnumerable<KeyValuePair<string, string>>
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly NamedValues _fields = new(StringComparison.OrdinalIgnoreCase);

    internal PartHeaders(PartHead head)
    {
        foreach (var field in head.Fields)
            _fields.Add(Encoding.ASCII.GetString(field.Name(head.Bytes)), Text(field.Value(head.Bytes)));
    }

    /// <summary>The number of fields.</summary>
    public int Count => _fields.Pairs.Count;

    /// <summary>The first value of a field, or null.</summary>
    public string? this[string name] => _fields.First(name);

    /// <summary>Every value of a field, one for each time it was sent.</summary>
    public IReadOnlyList<string> GetValues(string name) => _fields.All(name);

    /// <summary>True if the client sent a field of that name.</summary>
    public bool Contains(string name) => this[name] is not null;

    /// <summary>The fields in the client's order.</summary>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _fields.Pairs.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static string Text(ReadOnlySpan<byte> value)
    {
        if (Ascii.IsValid(value))
            return Encoding.ASCII.GetString(value);
        try
        {
            return StrictUtf8.GetString(value);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(value);
        }
    }
}
