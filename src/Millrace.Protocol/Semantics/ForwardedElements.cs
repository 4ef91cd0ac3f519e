using System.Text;

namespace Millrace.Protocol.Semantics;

/// <summary>
/// The Forwarded field (RFC 7239): one element for each proxy on the way, the nearest last. Reading is strict and stops at what is no
/// element: behind that nothing can be told apart.
/// </summary>
internal static class ForwardedElements
{
    /// <summary>One proxy's words; a part it did not say is null.</summary>
    internal readonly record struct Element(string? For, string? By, string? Host, string? Proto);

    /// <summary>The elements of a field's value in order, or null if it is malformed.</summary>
    public static List<Element>? Parse(ReadOnlySpan<byte> value)
    {
        var elements = new List<Element>();
        var element = default(Element);
        while (true)
        {
            value = AsciiSets.TrimBlanks(value);
            if (!TryTakePair(ref value, ref element))
                return null;
            value = AsciiSets.TrimBlanks(value);
            if (value.IsEmpty)
            {
                elements.Add(element);
                return elements;
            }
            byte separator = value[0];
            value = value[1..];
            if (separator == ',')
            {
                elements.Add(element);
                element = default;
            }
            else if (separator != ';')
            {
                return null;
            }
        }
    }

    private static bool TryTakePair(ref ReadOnlySpan<byte> value, ref Element element)
    {
        int equals = value.IndexOf((byte)'=');
        if (equals <= 0 || !AsciiSets.IsToken(value[..equals]))
            return false;
        string name = Encoding.ASCII.GetString(value[..equals]).ToLowerInvariant();
        value = value[(equals + 1)..];
        if (!TryTakeValue(ref value, out string text))
            return false;
        // RFC 7239 section 4: each parameter at most once in an element; unknown ones are passed over.
        switch (name)
        {
            case "for" when element.For is null:
                element = element with { For = text };
                return true;
            case "by" when element.By is null:
                element = element with { By = text };
                return true;
            case "host" when element.Host is null:
                element = element with { Host = text };
                return true;
            case "proto" when element.Proto is null:
                element = element with { Proto = text };
                return true;
            default:
                return name is not ("for" or "by" or "host" or "proto");
        }
    }

    private static bool TryTakeValue(ref ReadOnlySpan<byte> value, out string text)
    {
        text = "";
        if (value.IsEmpty)
            return false;
        if (value[0] != '"')
        {
            int end = value.IndexOfAnyExcept(AsciiSets.Token);
            end = end < 0 ? value.Length : end;
            text = Encoding.ASCII.GetString(value[..end]);
            value = value[end..];
            return end > 0;
        }
        var unquoted = new StringBuilder();
        for (int i = 1; i < value.Length; i++)
        {
            if (value[i] == '"')
            {
                text = unquoted.ToString();
                value = value[(i + 1)..];
                return true;
            }
            if (value[i] == '\\' && ++i == value.Length)
                return false;
            unquoted.Append((char)value[i]);
        }
        return false;
    }
}
