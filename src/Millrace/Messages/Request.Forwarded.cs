using System.Text;
using Millrace.Protocol.Semantics;

namespace Millrace;

public sealed partial class Request
{
    /// <summary>
    /// What proxies, or whoever claims to be one, say of the way here (RFC 7239; aiohttp: <c>forwarded</c>), the nearest last. An element that is malformed is left
    /// out. Nothing of it is to be believed unless it comes from a proxy of yours: <see cref="ServerOptions.Proxies"/> sees to that for <see cref="Remote"/>, <see cref="Scheme"/> and <see cref="Host"/>.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public IReadOnlyList<ForwardedElement> Forwarded
    {
        get
        {
            var elements = new List<ForwardedElement>();
            foreach (string value in Headers.GetValues("Forwarded"))
            {
                byte[] bytes = Encoding.Latin1.GetBytes(value);
                for (ReadOnlySpan<byte> rest = bytes; !rest.IsEmpty;)
                {
                    int end = ElementEnd(rest);
                    foreach (var element in ForwardedElements.Parse(rest[..end]) ?? [])
                        elements.Add(new ForwardedElement(element.For, element.By, element.Host, element.Proto));
                    rest = rest[Math.Min(end + 1, rest.Length)..];
                }
            }
            return elements;
        }
    }

    /// <summary>Where the comma behind the element stands, or the end; a comma between quotes is none.</summary>
    private static int ElementEnd(ReadOnlySpan<byte> value)
    {
        bool isQuoted = false;
        for (int i = 0; i < value.Length; i++)
        {
            if (value[i] == '"')
                isQuoted = !isQuoted;
            else if (isQuoted && value[i] == '\\')
                i++;
            else if (!isQuoted && value[i] == ',')
                return i;
        }
        return value.Length;
    }
}
