using System.Text;

namespace Millrace.Tests.Support;

/// <summary>A response as it came, taken apart.</summary>
internal sealed record RawResponse(string Head, byte[] Body)
{
    public int Status => int.Parse(Head.AsSpan(9, 3), provider: null);

    public string StatusLine => Head[..Head.IndexOf("\r\n", StringComparison.Ordinal)];

    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The sizes of the chunks; empty where the body was not chunked.</summary>
    public IReadOnlyList<int> Chunks { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Fields { get; } =
        [.. Head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)[1..].Select(line => new KeyValuePair<string, string>(
            line[..line.IndexOf(": ", StringComparison.Ordinal)], line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..]))];

    /// <summary>The value of a field that may be there once at most; null if it is not.</summary>
    public string? this[string name] =>
        Fields.SingleOrDefault(field => field.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    public bool Closes => this["Connection"] is "close" or "close, Upgrade";
}
