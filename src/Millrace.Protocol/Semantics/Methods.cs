namespace Millrace.Protocol.Semantics;

/// <summary>Method tokens. They are case-sensitive (RFC 9110 9.1): <c>get</c> is a valid token that no server knows.</summary>
internal static class Methods
{
    /// <summary>Bytes. No registered method has more than 18 ("UPDATEREDIRECTREF" has 17); longer ones are answered 501 (RFC 9112 3).</summary>
    public const int LengthMax = 32;

    private static readonly string[] Names =
        ["", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE", "QUERY"];

    public static KnownMethod Find(ReadOnlySpan<byte> token) => token.Length switch
    {
        3 => token.SequenceEqual("GET"u8) ? KnownMethod.Get
            : token.SequenceEqual("PUT"u8) ? KnownMethod.Put
            : KnownMethod.Other,
        4 => token.SequenceEqual("POST"u8) ? KnownMethod.Post
            : token.SequenceEqual("HEAD"u8) ? KnownMethod.Head
            : KnownMethod.Other,
        5 => token.SequenceEqual("PATCH"u8) ? KnownMethod.Patch
            : token.SequenceEqual("TRACE"u8) ? KnownMethod.Trace
            : token.SequenceEqual("QUERY"u8) ? KnownMethod.Query
            : KnownMethod.Other,
        6 => token.SequenceEqual("DELETE"u8) ? KnownMethod.Delete : KnownMethod.Other,
        7 => token.SequenceEqual("OPTIONS"u8) ? KnownMethod.Options
            : token.SequenceEqual("CONNECT"u8) ? KnownMethod.Connect
            : KnownMethod.Other,
        _ => KnownMethod.Other,
    };

    /// <summary>The one string instance of a known method; empty for <see cref="KnownMethod.Other"/>, whose token stands in the head.</summary>
    public static string Name(KnownMethod method) => Names[(int)method];
}
