using System.Buffers;

namespace Millrace.Protocol.Semantics;

/// <summary>The boundary of a multipart body (RFC 2046 5.1.1): one to seventy characters of a small set, the last one no space.</summary>
internal static class BoundarySyntax
{
    public const int LengthMax = 70;

    private static readonly SearchValues<char> Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'()+_,-./:=? ");

    public static bool IsBoundary(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= LengthMax && text[^1] != ' ' && !text.ContainsAnyExcept(Characters);
}
