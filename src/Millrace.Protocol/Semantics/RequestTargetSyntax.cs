using System.Text;

namespace Millrace.Protocol.Semantics;

/// <summary>Tells the forms of a request-target apart (RFC 9112 3.2) and cuts it. Its bytes are already known to be in <see cref="AsciiSets.Target"/>.</summary>
internal static class RequestTargetSyntax
{
    public static bool TryParse(ReadOnlySpan<byte> message, int start, int length, KnownMethod method, out RequestTarget target)
    {
        // RFC 9112 3.2.3: CONNECT takes the authority form and nothing else does.
        if (method == KnownMethod.Connect)
            return TryAuthority(message, start, length, out target);
        if (message[start] == (byte)'/')
        {
            target = WithPath(message, new RequestTarget { Form = TargetForm.Origin, Start = start, Length = length }, start);
            return true;
        }

        // RFC 9112 3.2.4: only OPTIONS may ask about the server as a whole.
        if (length == 1 && message[start] == (byte)'*')
        {
            target = new RequestTarget { Form = TargetForm.Asterisk, Start = start, Length = 1, PathStart = start, PathLength = 1 };
            return method == KnownMethod.Options;
        }

        return TryAbsolute(message, start, length, out target);
    }

    // RFC 9112 3.2.3: uri-host ":" port, and the port must be there.
    private static bool TryAuthority(ReadOnlySpan<byte> message, int start, int length, out RequestTarget target)
    {
        target = new RequestTarget { Form = TargetForm.Authority, Start = start, Length = length, AuthorityStart = start, AuthorityLength = length };
        return HostSyntax.TryParse(target.Authority(message), out _, out var port) && port >= 0;
    }

    // RFC 9112 3.2.2. Other schemes than http and https have no authority that this server could stand for.
    private static bool TryAbsolute(ReadOnlySpan<byte> message, int start, int length, out RequestTarget target)
    {
        target = default;
        var text = message.Slice(start, length);
        var colon = text.IndexOf((byte)':');
        if (colon < 0 || !text[colon..].StartsWith("://"u8))
            return false;
        var isHttps = Ascii.EqualsIgnoreCase(text[..colon], "https"u8);
        if (!isHttps && !Ascii.EqualsIgnoreCase(text[..colon], "http"u8))
            return false;

        var authorityStart = colon + 3;
        var authorityLength = text[authorityStart..].IndexOfAny((byte)'/', (byte)'?');
        if (authorityLength < 0)
            authorityLength = length - authorityStart;
        if (!HostSyntax.TryParse(text.Slice(authorityStart, authorityLength), out _, out _))
            return false;
        target = WithPath(
            message,
            new RequestTarget
            {
                Form = TargetForm.Absolute,
                Start = start,
                Length = length,
                AuthorityStart = start + authorityStart,
                AuthorityLength = authorityLength,
                IsHttps = isHttps,
            },
            start + authorityStart + authorityLength);
        return true;
    }

    private static RequestTarget WithPath(ReadOnlySpan<byte> message, RequestTarget target, int pathStart)
    {
        var end = target.Start + target.Length;
        var mark = message[pathStart..end].IndexOf((byte)'?');
        var pathEnd = mark < 0 ? end : pathStart + mark;
        // RFC 9110 4.2.3: an empty path is the path "/". The slash in front of the authority lends its byte.
        var isEmpty = pathEnd == pathStart;
        return target with
        {
            PathStart = isEmpty ? target.AuthorityStart - 1 : pathStart,
            PathLength = isEmpty ? 1 : pathEnd - pathStart,
            HasQuery = mark >= 0,
            QueryStart = mark < 0 ? end : pathEnd + 1,
            QueryLength = mark < 0 ? 0 : end - pathEnd - 1,
        };
    }
}
