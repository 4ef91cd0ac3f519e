using System.Text;

namespace Millrace.Protocol.Semantics;

/// <summary>
/// A field value with parameters behind it, as Content-Type and Content-Disposition have them (RFC 9110 5.6.6): <c>value; name=text; name="text"</c>.
/// Members come in order; what is no parameter ends the walk and is remembered.
/// </summary>
internal ref struct FieldParameters
{
    private ReadOnlySpan<char> _rest;

    public FieldParameters(ReadOnlySpan<char> field)
    {
        int end = field.IndexOf(';');
        Value = (end < 0 ? field : field[..end]).Trim(" \t");
        _rest = end < 0 ? [] : field[end..];
    }

    /// <summary>What stands before the first parameter.</summary>
    public ReadOnlySpan<char> Value { get; }

    /// <summary>True once something was met that is no parameter.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>The value of the first parameter of that name, letter case apart; null if there is none or the field is malformed before it.</summary>
    public static string? Find(ReadOnlySpan<char> field, ReadOnlySpan<char> name)
    {
        var parameters = new FieldParameters(field);
        while (parameters.TryNext(out var found, out string text))
        {
            if (found.Equals(name, StringComparison.OrdinalIgnoreCase))
                return text;
        }
        return null;
    }

    public bool TryNext(out ReadOnlySpan<char> name, out string text)
    {
        name = [];
        text = "";
        _rest = _rest.TrimStart("; \t");
        if (_rest.IsEmpty)
            return false;
        int equals = _rest.IndexOf('=');
        IsMalformed = equals <= 0 || _rest[..equals].ContainsAny(" \t;\"");
        if (IsMalformed)
            return false;
        name = _rest[..equals];
        _rest = _rest[(equals + 1)..];
        if (_rest.StartsWith("\""))
            IsMalformed = !TryTakeQuoted(out text);
        else
            text = TakeToken();
        return !IsMalformed;
    }

    private string TakeToken()
    {
        int end = _rest.IndexOf(';');
        var token = (end < 0 ? _rest : _rest[..end]).TrimEnd(" \t");
        _rest = end < 0 ? [] : _rest[end..];
        return token.ToString();
    }

    // Of the escapes of RFC 9110 5.6.4 those of quote and backslash alone: some clients send C:\name without any.
    private bool TryTakeQuoted(out string text)
    {
        text = "";
        var unquoted = new StringBuilder();
        for (int i = 1; i < _rest.Length; i++)
        {
            if (_rest[i] == '"')
            {
                text = unquoted.ToString();
                _rest = _rest[(i + 1)..].TrimStart(" \t");
                return _rest.IsEmpty || _rest[0] == ';';
            }
            if (_rest[i] == '\\' && i + 1 < _rest.Length && _rest[i + 1] is '"' or '\\')
                i++;
            unquoted.Append(_rest[i]);
        }
        return false;
    }
}
