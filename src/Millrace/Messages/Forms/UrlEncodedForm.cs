using System.Buffers;
using System.Text;
using Millrace.Protocol.Semantics;

namespace Millrace.Messages;

/// <summary>Reads application/x-www-form-urlencoded (WHATWG URL section 5.1): <c>+</c> is a space, escapes are bytes of the charset, what is no escape stands for itself.</summary>
internal static class UrlEncodedForm
{
    /// <summary>Adds each pair to the form; an empty one is none.</summary>
    /// <exception cref="HttpException">There are more pairs than <paramref name="pairsMax"/> (413), or one is not valid in its charset (415).</exception>
    public static void Read(ReadOnlySpan<byte> body, Encoding encoding, int pairsMax, RequestForm form)
    {
        byte[] scratch = ArrayPool<byte>.Shared.Rent(body.Length);
        try
        {
            while (!body.IsEmpty)
            {
                int end = body.IndexOf((byte)'&');
                var pair = end < 0 ? body : body[..end];
                body = end < 0 ? [] : body[(end + 1)..];
                if (pair.IsEmpty)
                    continue;
                if (form.Count == pairsMax)
                    throw ProtocolRefusal.Of(ProtocolFault.TooManyParts);
                int equals = pair.IndexOf((byte)'=');
                form.Add(
                    Decode(equals < 0 ? pair : pair[..equals], encoding, scratch),
                    Decode(equals < 0 ? [] : pair[(equals + 1)..], encoding, scratch));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    private static string Decode(ReadOnlySpan<byte> text, Encoding encoding, byte[] scratch)
    {
        if (text.IndexOfAny((byte)'+', (byte)'%') < 0)
            return BodyText.Decode(text, encoding);
        int count = 0;
        for (int i = 0; i < text.Length; i++)
        {
            int high = text[i] == '%' && i + 2 < text.Length ? AsciiSets.HexValue(text[i + 1]) : -1;
            int low = high < 0 ? -1 : AsciiSets.HexValue(text[i + 2]);
            scratch[count++] = low >= 0 ? (byte)((high << 4) | low) : text[i] == '+' ? (byte)' ' : text[i];
            if (low >= 0)
                i += 2;
        }
        return BodyText.Decode(scratch.AsSpan(0, count), encoding);
    }
}
