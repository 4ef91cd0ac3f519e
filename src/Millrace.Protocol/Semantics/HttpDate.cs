using System.Buffers.Text;

namespace Millrace.Protocol.Semantics;

/// <summary>
/// Dates of RFC 9110 5.6.7. One form is written (IMF-fixdate), three are read, each exactly: fixed columns, English names,
/// GMT. A weekday that does not fit the date is refused, as are days, hours and seconds that do not exist (a leap second
/// is read as the second before it, because .NET cannot hold it).
/// </summary>
internal static class HttpDate
{
    /// <summary>Bytes of <c>Sun, 06 Nov 1994 08:49:37 GMT</c>.</summary>
    public const int Length = 29;

    private static ReadOnlySpan<byte> Days => "SunMonTueWedThuFriSat"u8;

    private static ReadOnlySpan<byte> Months => "JanFebMarAprMayJunJulAugSepOctNovDec"u8;

    /// <summary>Writes the 29 bytes of the IMF-fixdate; <paramref name="destination"/> must hold them.</summary>
    public static void Format(DateTimeOffset time, Span<byte> destination)
    {
        if (!Utf8Formatter.TryFormat(time.UtcDateTime, destination, out _, 'R'))
            throw new ArgumentException("An HTTP date needs 29 bytes.", nameof(destination));
    }

    /// <summary>The IMF-fixdate as text.</summary>
    public static string ToString(DateTimeOffset time) => time.UtcDateTime.ToString("R", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>
    /// Reads any of the three forms. <paramref name="now"/> settles the century of the two-digit year of RFC 850: a date
    /// that seems more than 50 years ahead belongs to the past.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, DateTimeOffset now, out DateTimeOffset time)
    {
        time = default;
        if (text.Length < 24)
            return false;
        if (text[3] == (byte)',')
            return TryParseFixed(text, out time);
        return text[3] == (byte)' ' ? TryParseAsctime(text, out time) : TryParseRfc850(text, now, out time);
    }

    // Sun, 06 Nov 1994 08:49:37 GMT
    private static bool TryParseFixed(ReadOnlySpan<byte> text, out DateTimeOffset time)
    {
        time = default;
        return text.Length == Length
            && text[4] == (byte)' ' && text[7] == (byte)' ' && text[11] == (byte)' ' && text[16] == (byte)' '
            && text[25..].SequenceEqual(" GMT"u8)
            && TryTwoDigits(text[5..], out var day)
            && TryName(Months, text.Slice(8, 3), out var month)
            && TryFourDigits(text[12..], out var year)
            && TryTimeOfDay(text.Slice(17, 8), out var seconds)
            && TryName(Days, text[..3], out var weekday)
            && TryMake(year, month, day, seconds, weekday, out time);
    }

    // Sunday, 06-Nov-94 08:49:37 GMT
    private static bool TryParseRfc850(ReadOnlySpan<byte> text, DateTimeOffset now, out DateTimeOffset time)
    {
        time = default;
        var comma = text.IndexOf((byte)',');
        if (comma < 6 || text.Length != comma + 24 || !TryName(Days, text[..3], out var weekday)
            || !text[..comma].SequenceEqual(LongDay(weekday)))
        {
            return false;
        }

        var rest = text[(comma + 1)..];
        if (rest[0] != (byte)' ' || rest[3] != (byte)'-' || rest[7] != (byte)'-' || rest[10] != (byte)' '
            || !rest[19..].SequenceEqual(" GMT"u8)
            || !TryTwoDigits(rest[1..], out var day) || !TryName(Months, rest.Slice(4, 3), out var month)
            || !TryTwoDigits(rest[8..], out var shortYear) || !TryTimeOfDay(rest.Slice(11, 8), out var seconds))
        {
            return false;
        }

        var latest = now.UtcDateTime.AddYears(50);
        var year = now.UtcDateTime.Year;
        year += shortYear - (year % 100);
        if ((year, month + 1, day).CompareTo((latest.Year, latest.Month, latest.Day)) > 0)
            year -= 100;
        return TryMake(year, month, day, seconds, weekday, out time);
    }

    // Sun Nov  6 08:49:37 1994
    private static bool TryParseAsctime(ReadOnlySpan<byte> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length != 24 || text[7] != (byte)' ' || text[10] != (byte)' ' || text[19] != (byte)' ')
            return false;
        int day;
        if (text[8] == (byte)' ')
        {
            day = text[9] - '0';
            if ((uint)day > 9)
                return false;
        }
        else if (!TryTwoDigits(text[8..], out day))
        {
            return false;
        }

        return TryName(Days, text[..3], out var weekday)
            && TryName(Months, text.Slice(4, 3), out var month)
            && TryTimeOfDay(text.Slice(11, 8), out var seconds)
            && TryFourDigits(text[20..], out var year)
            && TryMake(year, month, day, seconds, weekday, out time);
    }

    private static bool TryMake(int year, int monthIndex, int day, int seconds, int weekday, out DateTimeOffset time)
    {
        time = default;
        if (year < 1 || day < 1 || day > DateTime.DaysInMonth(year, monthIndex + 1))
            return false;
        var date = new DateTime(year, monthIndex + 1, day, 0, 0, 0, DateTimeKind.Utc);
        if ((int)date.DayOfWeek != weekday)
            return false;
        time = new DateTimeOffset(date.AddSeconds(seconds));
        return true;
    }

    private static bool TryTimeOfDay(ReadOnlySpan<byte> text, out int seconds)
    {
        seconds = 0;
        if (text[2] != (byte)':' || text[5] != (byte)':' || !TryTwoDigits(text, out var hour)
            || !TryTwoDigits(text[3..], out var minute) || !TryTwoDigits(text[6..], out var second)
            || hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }

        seconds = (((hour * 60) + minute) * 60) + Math.Min(second, 59);
        return true;
    }

    private static bool TryName(ReadOnlySpan<byte> names, ReadOnlySpan<byte> name, out int index)
    {
        for (index = 0; index * 3 < names.Length; index++)
        {
            if (names.Slice(index * 3, 3).SequenceEqual(name))
                return true;
        }

        return false;
    }

    private static ReadOnlySpan<byte> LongDay(int weekday) => weekday switch
    {
        0 => "Sunday"u8,
        1 => "Monday"u8,
        2 => "Tuesday"u8,
        3 => "Wednesday"u8,
        4 => "Thursday"u8,
        5 => "Friday"u8,
        _ => "Saturday"u8,
    };

    private static bool TryTwoDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = ((text[0] - '0') * 10) + (text[1] - '0');
        return AsciiSets.IsDigit(text[0]) && AsciiSets.IsDigit(text[1]);
    }

    private static bool TryFourDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        if (!TryTwoDigits(text, out var high) || !TryTwoDigits(text[2..], out var low))
            return false;
        value = (high * 100) + low;
        return true;
    }
}
