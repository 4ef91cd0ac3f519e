using System.Globalization;
using System.Net;
using System.Text;

namespace Millrace.Telemetry;

/// <summary>A format of the access log, taken apart once: texts and directives, aiohttp's letters.</summary>
internal sealed class AccessFormat
{
    private const string Letters = "%a %t %P %r %s %b %T %Tf %D %{Name}i %{Name}o %%";

    private readonly List<Part> _parts = [];

    // The time changes once a second, and with it its text.
    private StampedTime _time = new(long.MinValue, []);

    /// <exception cref="FormatException">It has a directive that does not exist.</exception>
    public AccessFormat(string format)
    {
        var text = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
                text.Append(format[i]);
            else if (i + 1 < format.Length && format[i + 1] == '%')
                text.Append(format[++i]);
            else
                i = AddDirective(format, i, text);
        }
        AddText(text);
    }

    private enum Kind
    {
        Text,
        RemoteAddress,
        StartTime,
        ProcessId,
        RequestLine,
        Status,
        BytesSent,
        Seconds,
        FractionalSeconds,
        Microseconds,
        RequestHeader,
        ResponseHeader,
    }

    /// <summary>Writes the line of a request, without its end.</summary>
    public void Write(AccessRecord record, AccessLine line)
    {
        foreach (var part in _parts)
            Write(part, record, line);
    }

    /// <summary>The values by name, for a logger that keeps them apart.</summary>
    public KeyValuePair<string, object?>[] Values(AccessRecord record) =>
        [.. _parts.Where(part => part.Kind != Kind.Text).Select(part => new KeyValuePair<string, object?>(part.Name is null ? part.Kind.ToString() : $"{part.Kind}.{part.Name}", Value(part, record)))];

    private void Write(Part part, AccessRecord record, AccessLine line)
    {
        switch (part.Kind)
        {
            case Kind.Text:
                line.Append(part.Text);
                break;
            case Kind.RemoteAddress when record.RemoteEndPoint is IPEndPoint remote:
                line.Append(remote.Address);
                break;
            case Kind.StartTime:
                line.Append(Stamp(record.Start));
                break;
            case Kind.ProcessId:
                line.Append((byte)'<');
                line.Append(Environment.ProcessId);
                line.Append((byte)'>');
                break;
            case Kind.RequestLine when record.Request is { } request:
                WriteRequestLine(request.View, line);
                break;
            case Kind.RequestHeader when record.Request is { } request:
                int i = request.View.Head.IndexOf(request.View.Bytes, part.Name!);
                line.AppendEscaped(i < 0 ? [] : request.View.Head.Fields[i].Value(request.View.Bytes));
                break;
            case Kind.ResponseHeader:
                line.AppendEscaped(ResponseHeader(record, part.Name!));
                break;
            default:
                WriteNumber(part.Kind, record, line);
                break;
        }
    }

    private static void WriteNumber(Kind kind, AccessRecord record, AccessLine line)
    {
        switch (kind)
        {
            case Kind.Status when record.Status != 0:
                line.Append(record.Status);
                break;
            case Kind.BytesSent:
                line.Append(record.BytesSent);
                break;
            case Kind.Seconds:
                line.Append((long)record.Duration.TotalSeconds);
                break;
            case Kind.FractionalSeconds:
                line.Append(record.Duration.TotalSeconds, "F6");
                break;
            case Kind.Microseconds:
                line.Append((long)record.Duration.TotalMicroseconds);
                break;
            default:
                line.Append((byte)'-');
                break;
        }
    }

    private static object? Value(Part part, AccessRecord record) => part.Kind switch
    {
        Kind.RemoteAddress => (record.RemoteEndPoint as IPEndPoint)?.Address.ToString(),
        Kind.StartTime => record.Start,
        Kind.ProcessId => Environment.ProcessId,
        Kind.RequestLine => record.Request is { } request ? $"{request.Method} {request.RawTarget} HTTP/{request.Version}" : null,
        Kind.Status => record.Status,
        Kind.BytesSent => record.BytesSent,
        Kind.Seconds => (long)record.Duration.TotalSeconds,
        Kind.FractionalSeconds => record.Duration.TotalSeconds,
        Kind.Microseconds => (long)record.Duration.TotalMicroseconds,
        Kind.RequestHeader => record.Request?.Headers[part.Name!],
        _ => ResponseHeader(record, part.Name!),
    };

    private static string? ResponseHeader(AccessRecord record, string name) =>
        name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase) && record.Response is { ContentTypeBytes.IsEmpty: false } typed
            ? Encoding.ASCII.GetString(typed.ContentTypeBytes)
            : record.Response?.HeadersIfAny?[name];

    private static void WriteRequestLine(Messages.HeadView view, AccessLine line)
    {
        line.AppendEscaped(view.Head.MethodToken(view.Bytes));
        line.Append((byte)' ');
        line.AppendEscaped(view.Head.Target.Whole(view.Bytes));
        line.Append(view.Head.MinorVersion == 0 ? " HTTP/1.0"u8 : " HTTP/1.1"u8);
    }

    private byte[] Stamp(DateTimeOffset start)
    {
        var time = _time;
        long second = start.Ticks / TimeSpan.TicksPerSecond;
        if (time.Second == second)
            return time.Text;
        string offset = start.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);
        string text = string.Create(CultureInfo.InvariantCulture, $"[{start:dd/MMM/yyyy:HH:mm:ss} {offset}]");
        _time = new StampedTime(second, Encoding.ASCII.GetBytes(text));
        return _time.Text;
    }

    private int AddDirective(string format, int start, StringBuilder text)
    {
        AddText(text);
        int end = start + 1;
        string? name = null;
        if (end < format.Length && format[end] == '{')
        {
            int close = format.IndexOf('}', end);
            name = close < 0 ? "" : format[(end + 1)..close];
            end = close < 0 ? format.Length : close + 1;
        }
        char letter = end < format.Length ? format[end] : '\0';
        var kind = (letter, name) switch
        {
            ('a', null) => Kind.RemoteAddress,
            ('t', null) => Kind.StartTime,
            ('P', null) => Kind.ProcessId,
            ('r', null) => Kind.RequestLine,
            ('s', null) => Kind.Status,
            ('b', null) => Kind.BytesSent,
            ('T', null) => end + 1 < format.Length && format[end + 1] == 'f' ? Kind.FractionalSeconds : Kind.Seconds,
            ('D', null) => Kind.Microseconds,
            ('i', { Length: > 0 }) => Kind.RequestHeader,
            ('o', { Length: > 0 }) => Kind.ResponseHeader,
            _ => throw new FormatException($"'{format[start..Math.Min(end + 1, format.Length)]}' in the format of the access log is no directive. There are {Letters}."),
        };
        _parts.Add(new Part(kind, [], name));
        return kind == Kind.FractionalSeconds ? end + 1 : end;
    }

    private void AddText(StringBuilder text)
    {
        if (text.Length > 0)
            _parts.Add(new Part(Kind.Text, Encoding.UTF8.GetBytes(text.ToString()), null));
        text.Clear();
    }

    private sealed record Part(Kind Kind, byte[] Text, string? Name);

    private sealed record StampedTime(long Second, byte[] Text);
}
