using System.Globalization;

namespace Millrace.Telemetry;

/// <summary>One line of an access log as it comes together: ASCII in which nothing a client sent can end the line or a quoted value.</summary>
internal sealed class AccessLine
{
    [ThreadStatic]
    private static AccessLine? _ofThread;

    private byte[] _bytes = new byte[512];
    private int _count;

    /// <summary>The thread's own, empty.</summary>
    public static AccessLine Begin()
    {
        var line = _ofThread ??= new AccessLine();
        line._count = 0;
        return line;
    }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _count);

    public void Append(byte value)
    {
        Reserve(1);
        _bytes[_count++] = value;
    }

    /// <summary>What is known to be harmless.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_count));
        _count += bytes.Length;
    }

    public void Append<TValue>(TValue value, ReadOnlySpan<char> format = default)
        where TValue : IUtf8SpanFormattable
    {
        Reserve(64);
        _ = value.TryFormat(_bytes.AsSpan(_count), out int written, format, CultureInfo.InvariantCulture);
        _count += written;
    }

    /// <summary>What a client may have chosen; nothing stands as a dash.</summary>
    public void AppendEscaped(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            Append((byte)'-');
            return;
        }
        // Nearly every value has nothing to escape.
        if (bytes.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0 && bytes.IndexOfAny((byte)'"', (byte)'\\') < 0)
        {
            Append(bytes);
            return;
        }
        foreach (byte value in bytes)
            AppendEscaped(value);
    }

    /// <inheritdoc cref="AppendEscaped(ReadOnlySpan{byte})"/>
    public void AppendEscaped(string? text) => AppendEscaped(text is null ? [] : System.Text.Encoding.UTF8.GetBytes(text));

    private void AppendEscaped(byte value)
    {
        const string Hex = "0123456789abcdef";
        Reserve(4);
        if (value is (byte)'"' or (byte)'\\')
        {
            _bytes[_count++] = (byte)'\\';
            _bytes[_count++] = value;
        }
        else if (value is >= (byte)' ' and <= (byte)'~')
        {
            _bytes[_count++] = value;
        }
        else
        {
            _bytes[_count++] = (byte)'\\';
            _bytes[_count++] = (byte)'x';
            _bytes[_count++] = (byte)Hex[value >> 4];
            _bytes[_count++] = (byte)Hex[value & 15];
        }
    }

    private void Reserve(int count)
    {
        if (_bytes.Length - _count < count)
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _count + count));
    }
}
