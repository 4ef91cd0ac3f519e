using System.Buffers;

namespace Millrace;

/// <summary>An entity tag (RFC 9110 section 8.8.3), which names one state of a resource (aiohttp: ETag).</summary>
public readonly record struct ETag
{
    // etagc: visible characters but the quote, and the bytes above ASCII.
    private static readonly SearchValues<char> Characters = SearchValues.Create(
        [.. Enumerable.Range(0x21, 0x7E - 0x20).Concat(Enumerable.Range(0x80, 0x80)).Select(value => (char)value).Where(c => c != '"')]);

    private readonly string? _value;

    /// <summary>Makes a tag.</summary>
    /// <param name="value">What stands between the quotes: visible characters up to U+00FF, no space and no quote.</param>
    /// <param name="isWeak">Whether it names states that are only equivalent (<c>W/"…"</c>).</param>
    /// <exception cref="ArgumentException">The value has other characters.</exception>
    public ETag(string value, bool isWeak = false)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.AsSpan().ContainsAnyExcept(Characters))
            throw new ArgumentException("An entity tag is made of visible characters up to U+00FF without spaces and quotes: give a hash in hexadecimal, without quotes around it.", nameof(value));
        _value = value;
        IsWeak = isWeak;
    }

    private ETag(bool isAny)
    {
        IsAny = isAny;
    }

    /// <summary>The <c>*</c> of If-Match and If-None-Match: any state there is.</summary>
    public static ETag Any { get; } = new(isAny: true);

    /// <summary>What stands between the quotes; empty for <see cref="Any"/>.</summary>
    public string Value => _value ?? "";

    /// <summary>Whether it names states that are only equivalent, not the same byte by byte.</summary>
    public bool IsWeak { get; }

    /// <summary>Whether this is <see cref="Any"/>.</summary>
    public bool IsAny { get; }

    /// <summary>The comparison of If-Match and If-Range (RFC 9110 section 8.8.3.2): both strong, and the same. <see cref="Any"/> matches all.</summary>
    public bool StrongMatches(ETag other) => IsAny || other.IsAny || (!IsWeak && !other.IsWeak && Value == other.Value);

    /// <summary>The comparison of If-None-Match: the same, weak or not. <see cref="Any"/> matches all.</summary>
    public bool WeakMatches(ETag other) => IsAny || other.IsAny || Value == other.Value;

    /// <summary>The tag as it stands in a field, with its quotes.</summary>
    public override string ToString() => IsAny ? "*" : IsWeak ? $"W/\"{Value}\"" : $"\"{Value}\"";

    /// <summary>Reads a tag as it stands in a field: quoted, perhaps with <c>W/</c>; not <c>*</c>.</summary>
    public static bool TryParse(string? text, out ETag tag)
    {
        var rest = text.AsSpan();
        return TryTake(ref rest, out tag) && rest.IsEmpty;
    }

    /// <summary>
    /// The tags of If-Match or If-None-Match. Behind what is no tag nothing can be told apart: it and the rest are left out, so that a malformed
    /// list matches less than was meant and never more.
    /// </summary>
    internal static List<ETag> ParseList(IEnumerable<string> fieldValues)
    {
        var tags = new List<ETag>();
        foreach (string value in fieldValues)
        {
            if (value is "*")
                tags.Add(Any);
            var rest = value.AsSpan().TrimStart(" \t,");
            while (TryTake(ref rest, out var tag))
            {
                tags.Add(tag);
                rest = rest.TrimStart(" \t");
                if (rest.IsEmpty || rest[0] != ',')
                    break;
                rest = rest.TrimStart(" \t,");
            }
        }
        return tags;
    }

    private static bool TryTake(ref ReadOnlySpan<char> text, out ETag tag)
    {
        tag = default;
        // RFC 9110 section 8.8.3: the W is case-sensitive.
        bool isWeak = text.StartsWith("W/");
        var quoted = isWeak ? text[2..] : text;
        if (quoted.IsEmpty || quoted[0] != '"')
            return false;
        int length = quoted[1..].IndexOfAnyExcept(Characters);
        if (length < 0 || quoted[length + 1] != '"')
            return false;
        tag = new ETag(quoted.Slice(1, length).ToString(), isWeak);
        text = quoted[(length + 2)..];
        return true;
    }
}
