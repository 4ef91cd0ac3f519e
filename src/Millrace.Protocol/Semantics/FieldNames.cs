using System.Runtime.CompilerServices;
using System.Text;

namespace Millrace.Protocol.Semantics;

/// <summary>
/// Field names (RFC 9110 5.1: tokens, letter case apart). A name that is known needs no look at its characters: it was
/// compared as a whole. The slots are a perfect hash over length, first, middle and last but one character; the multiplier was
/// found by search, and building the table fails at start-up should a new name make two meet.
/// </summary>
internal static class FieldNames
{
    private const uint Multiplier = 0x70358A27;
    private const int SlotBits = 8;
    private const int LengthMin = 2;
    private const int LengthMax = 30;

    // In the order of KnownField.
    private static readonly string[] Names =
    [
        "", "Host", "Connection", "Content-Length", "Transfer-Encoding", "Expect", "Upgrade", "Trailer", "TE", "Keep-Alive",
        "Proxy-Connection", "Content-Type", "Content-Encoding", "Content-Language", "Content-Disposition", "Content-Range", "Accept",
        "Accept-Encoding", "Accept-Language", "Accept-Charset", "User-Agent", "Cookie", "Set-Cookie", "Authorization",
        "Proxy-Authorization", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range", "Origin",
        "Referer", "Cache-Control", "Pragma", "Date", "Via", "Max-Forwards", "Forwarded", "X-Forwarded-For", "X-Forwarded-Proto",
        "X-Forwarded-Host", "X-Requested-With", "X-Request-Id", "traceparent", "tracestate", "Access-Control-Request-Method",
        "Access-Control-Request-Headers", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Protocol",
        "Sec-WebSocket-Extensions", "HTTP2-Settings", "Last-Event-ID", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest",
        "Upgrade-Insecure-Requests", "Priority",
    ];

    private static readonly byte[][] NameBytes = Array.ConvertAll(Names, Encoding.ASCII.GetBytes);
    private static readonly KnownField[] Slots = BuildSlots();

    /// <summary>How many members <see cref="KnownField"/> has, <see cref="KnownField.Unknown"/> among them.</summary>
    public static int Count => Names.Length;

    public static KnownField Find(ReadOnlySpan<byte> name)
    {
        if (name.Length is < LengthMin or > LengthMax)
            return KnownField.Unknown;
        var candidate = Slots[Slot(name)];
        ReadOnlySpan<byte> known = NameBytes[(int)candidate];
        // Most clients write the name as it stands in the table; the plain comparison is the cheaper one.
        return name.SequenceEqual(known) || Ascii.EqualsIgnoreCase(name, known) ? candidate : KnownField.Unknown;
    }

    public static KnownField Find(string name)
    {
        if (name.Length is < LengthMin or > LengthMax)
            return KnownField.Unknown;
        Span<byte> bytes = stackalloc byte[LengthMax];
        return Ascii.FromUtf16(name, bytes, out var written) == System.Buffers.OperationStatus.Done
            ? Find(bytes[..written])
            : KnownField.Unknown;
    }

    /// <summary>The name as registered, one string instance each; empty for <see cref="KnownField.Unknown"/>.</summary>
    public static string Name(KnownField field) => Names[(int)field];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Slot(ReadOnlySpan<byte> name)
    {
        var key = (uint)(name[0] | 0x20)
            | ((uint)(name[^2] | 0x20) << 8)
            | ((uint)(name[name.Length / 2] | 0x20) << 16)
            | ((uint)name.Length << 24);
        return (int)((key * Multiplier) >> (32 - SlotBits));
    }

    private static KnownField[] BuildSlots()
    {
        var slots = new KnownField[1 << SlotBits];
        for (var index = 1; index < NameBytes.Length; index++)
        {
            var slot = Slot(NameBytes[index]);
            if (slots[slot] != KnownField.Unknown)
                throw new InvalidOperationException($"{Names[index]} and {slots[slot]} share a slot; search for another multiplier.");
            slots[slot] = (KnownField)index;
        }

        return slots;
    }
}
