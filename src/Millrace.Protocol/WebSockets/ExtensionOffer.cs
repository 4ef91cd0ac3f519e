using System.Text;
using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.WebSockets;

/// <summary>One extension that a client offers, with its parameters (RFC 6455 section 9.1).</summary>
internal sealed record ExtensionOffer(string Name, IReadOnlyList<(string Name, string? Value)> Parameters)
{
    /// <summary>Adds the offers of one field's value in their order; false if it is malformed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, List<ExtensionOffer> offers)
    {
        while (true)
        {
            value = AsciiSets.TrimBlanks(value);
            if (value.IsEmpty)
                return true;
            if (value[0] == ',')
            {
                value = value[1..];
                continue;
            }
            if (TryTakeToken(ref value) is not { } name || !TryTakeParameters(ref value, out var parameters) || value is not ([] or [(byte)',', ..]))
                return false;
            offers.Add(new ExtensionOffer(name, parameters));
        }
    }

    private static bool TryTakeParameters(ref ReadOnlySpan<byte> value, out List<(string Name, string? Value)> parameters)
    {
        parameters = [];
        while ((value = AsciiSets.TrimBlanks(value)) is [(byte)';', ..])
        {
            value = AsciiSets.TrimBlanks(value[1..]);
            if (TryTakeToken(ref value) is not { } name)
                return false;
            value = AsciiSets.TrimBlanks(value);
            string? text = null;
            if (value is [(byte)'=', ..])
            {
                value = AsciiSets.TrimBlanks(value[1..]);
                text = value is [(byte)'"', ..] ? TryTakeQuoted(ref value) : TryTakeToken(ref value);
                if (text is null)
                    return false;
            }
            parameters.Add((name, text));
        }
        return true;
    }

    private static string? TryTakeToken(ref ReadOnlySpan<byte> value)
    {
        int end = value.IndexOfAnyExcept(AsciiSets.Token);
        var token = end < 0 ? value : value[..end];
        value = value[token.Length..];
        return token.IsEmpty ? null : Encoding.ASCII.GetString(token);
    }

    /// <summary>What is quoted must be a token without its quotes and escapes.</summary>
    private static string? TryTakeQuoted(ref ReadOnlySpan<byte> value)
    {
        var unquoted = new List<byte>();
        for (int i = 1; i < value.Length; i++)
        {
            if (value[i] == '"')
            {
                value = value[(i + 1)..];
                return AsciiSets.IsToken([.. unquoted]) ? Encoding.ASCII.GetString([.. unquoted]) : null;
            }
            if (value[i] == '\\' && ++i == value.Length)
                return null;
            unquoted.Add(value[i]);
        }
        return null;
    }
}
