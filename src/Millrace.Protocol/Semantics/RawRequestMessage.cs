namespace Millrace.Protocol.Semantics;

/// <summary>
/// What a reader found in the head of a request: offsets into the bytes given to it and the decisions that follow from them, no copy of
/// anything. One object serves many requests, one after the other; it means something from the moment the reader has the
/// whole head until the bytes move or <see cref="Reset"/> is called.
/// </summary>
internal sealed class RawRequestMessage
{
    private FieldTable _fields = new();

    public KnownMethod Method { get; internal set; }

    public int MethodStart { get; internal set; }

    public int MethodLength { get; internal set; }

    public RequestTarget Target { get; internal set; }

    /// <summary>0 or 1: the version is HTTP/1.0 or HTTP/1.1.</summary>
    public int MinorVersion { get; internal set; }

    /// <summary>Bytes from the first one given to the reader, empty lines included, to the end of the empty line behind the fields.</summary>
    public int Length { get; internal set; }

    public BodyFraming Framing { get; internal set; }

    /// <summary>Of a body framed by <see cref="BodyFraming.Length"/>; else 0.</summary>
    public long ContentLength { get; internal set; }

    /// <summary>What the client wants (RFC 9112 9.3); the server may still close.</summary>
    public bool KeepAlive { get; internal set; }

    /// <summary>The client waits for 100 before it sends the content (RFC 9110 10.1.1); never set without content to wait for.</summary>
    public bool ExpectContinue { get; internal set; }

    /// <summary>Upgrade is there and named by Connection, in HTTP/1.1 (RFC 9110 7.8).</summary>
    public bool UpgradeRequested { get; internal set; }

    public int FieldCount => _fields.Count;

    public ReadOnlySpan<FieldSlice> Fields => _fields.Fields;

    /// <summary>The table itself, for the reader that fills it.</summary>
    public FieldTable Table => _fields;

    public bool Contains(KnownField known) => _fields.Contains(known);

    /// <summary>The index of the first field of that name, or -1.</summary>
    public int IndexOf(KnownField known) => _fields.IndexOf(known);

    /// <summary>The index of the first field of that name, letter case apart, at <paramref name="from"/> or behind it, or -1.</summary>
    public int IndexOf(ReadOnlySpan<byte> message, string name, int from = 0) => _fields.IndexOf(message, name, from);

    /// <summary>The value of the first field of that name; empty when there is none.</summary>
    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> message, KnownField known)
    {
        var index = _fields.IndexOf(known);
        return index < 0 ? [] : _fields.Fields[index].Value(message);
    }

    public ReadOnlySpan<byte> MethodToken(ReadOnlySpan<byte> message) => message.Slice(MethodStart, MethodLength);

    /// <summary>A copy for a request that goes on for long: it is no larger than it must be.</summary>
    public RawRequestMessage Compact()
    {
        var copy = (RawRequestMessage)MemberwiseClone();
        copy._fields = _fields.Compact();
        return copy;
    }

    public void Reset()
    {
        _fields.Clear();
        Method = KnownMethod.Other;
        MethodStart = 0;
        MethodLength = 0;
        Target = default;
        MinorVersion = 0;
        Length = 0;
        Framing = BodyFraming.None;
        ContentLength = 0;
        KeepAlive = false;
        ExpectContinue = false;
        UpgradeRequested = false;
    }
}
