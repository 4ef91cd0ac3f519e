using System.Globalization;
using System.Text;

namespace Millrace.Messages;

/// <summary>One event, or one comment, as lines of an event stream.</summary>
internal readonly struct EventText(string data, string? type, string? id, TimeSpan? retry)
{
    private const int FieldOverhead = 16;
    private const int BytesPerCharMax = 3;

    private readonly bool _isComment = false;

    private EventText(string comment)
        : this(comment, null, null, null)
    {
        _isComment = true;
    }

    /// <summary>More than what <see cref="Write"/> writes: every character may be a line of its own.</summary>
    public int BytesMax => checked(((data.Length + (type?.Length ?? 0) + (id?.Length ?? 0)) * BytesPerCharMax) + ((Lines + 5) * FieldOverhead));

    private int Lines => data.AsSpan().Count('\n') + data.AsSpan().Count('\r') + 1;

    public static EventText Comment(string comment) => new(comment);

    public int Write(Span<byte> destination)
    {
        int count = 0;
        if (_isComment)
        {
            Line(destination, ref count, ": "u8, data);
            Line(destination, ref count, default, default);
            return count;
        }
        if (type is not null)
            Line(destination, ref count, "event: "u8, type);
        if (id is not null)
            Line(destination, ref count, "id: "u8, id);
        if (retry is { } time)
            Line(destination, ref count, "retry: "u8, ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
        // Any of the three line ends may stand in the data (the HTML standard, section 9.2.5).
        var rest = data.AsSpan();
        for (int end; (end = rest.IndexOfAny('\r', '\n')) >= 0;)
        {
            Line(destination, ref count, "data: "u8, rest[..end]);
            rest = rest[(end + (rest[end..].StartsWith("\r\n") ? 2 : 1))..];
        }
        Line(destination, ref count, "data: "u8, rest);
        Line(destination, ref count, default, default);
        return count;
    }

    private static void Line(Span<byte> destination, ref int count, ReadOnlySpan<byte> name, ReadOnlySpan<char> value)
    {
        name.CopyTo(destination[count..]);
        count += name.Length;
        count += Encoding.UTF8.GetBytes(value, destination[count..]);
        destination[count++] = (byte)'\n';
    }
}
