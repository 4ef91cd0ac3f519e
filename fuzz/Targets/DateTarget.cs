using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Millrace.Fuzz.Engine;
using Millrace.Protocol.Semantics;

namespace Millrace.Fuzz.Targets;

/// <summary>Any bytes are a date or refused; a date that is read is written and read back as itself, and .NET reads the same from an IMF-fixdate.</summary>
internal sealed class DateTarget : FuzzTarget
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override string Name => "date";

    public override int LengthMax => 60;

    public override int Check(byte[] input, Random cuts)
    {
        if (input.Length >= sizeof(ulong))
            RoundTrip(new DateTimeOffset((long)(BinaryPrimitives.ReadUInt64LittleEndian(input) % (ulong)DateTime.MaxValue.Ticks), TimeSpan.Zero));
        if (!HttpDate.TryParse(input, Now, out var time))
            return 0;
        Invariant.Holds(input.All(value => value is >= (byte)' ' and < 0x7F));
        Invariant.Holds(time.Offset == TimeSpan.Zero && time.Ticks % TimeSpan.TicksPerSecond == 0);
        RoundTrip(time);
        string text = Encoding.ASCII.GetString(input);
        bool isLeapSecond = text.Contains(":60 ", StringComparison.Ordinal);
        if (text.Length == HttpDate.Length && text[3] == ',' && !isLeapSecond)
            Invariant.Same(DateTimeOffset.ParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal), time, ".NET's date and ours");
        return Hash.Of([(byte)text.Length, isLeapSecond ? (byte)1 : (byte)0, (byte)time.Month]);
    }

    private static void RoundTrip(DateTimeOffset time)
    {
        Span<byte> text = stackalloc byte[HttpDate.Length];
        HttpDate.Format(time, text);
        Invariant.Holds(HttpDate.TryParse(text, Now, out var read));
        Invariant.Same(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), read.Ticks, "a date written and read");
    }
}
