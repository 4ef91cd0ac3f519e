using Millrace.Cases;
using Millrace.Protocol.Http1;
using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Tests;

/// <summary>A connection without a socket: bytes are fed as they "arrive", the readers see them as a connection would show them, and all that is read becomes a log.</summary>
internal sealed class MachineDriver(Http1Limits limits)
{
    private readonly Http1RequestReader _reader = new(limits);
    private readonly RawRequestMessage _head = new();
    private readonly LengthBody _lengthBody = new();
    private readonly ChunkedBody _chunkedBody = new(limits);
    private readonly List<string> _log = [];
    private readonly List<byte> _content = [];
    private byte[] _received = [];
    private int _receivedCount;
    private Http1Body? _body;
    private bool _isClosed;

    /// <summary>Stop before the next head when that many requests were read.</summary>
    public int RequestsMax { get; init; } = int.MaxValue;

    public int Requests { get; private set; }

    public bool IsFaulted { get; private set; }

    /// <summary>Bytes that belong to what was read.</summary>
    public int Consumed { get; private set; }

    public bool IsOver => IsFaulted || _isClosed || (Requests == RequestsMax && _body is null);

    public long ScannedBytes { get; private set; }

    public static IReadOnlyList<string> Run(Http1Limits limits, params IEnumerable<byte[]> parts)
    {
        var driver = new MachineDriver(limits);
        foreach (var part in parts)
            driver.Feed(part);
        return driver.Finish();
    }

    public void Feed(ReadOnlySpan<byte> part)
    {
        if (_receivedCount + part.Length > _received.Length)
            Array.Resize(ref _received, Math.Max(_receivedCount + part.Length, _received.Length * 2));
        part.CopyTo(_received.AsSpan(_receivedCount));
        _receivedCount += part.Length;
        while (!IsOver && (_body is null ? ReadHead() : ReadBody()))
        {
            // Each turn took a head or a body.
        }
    }

    public IReadOnlyList<string> Finish()
    {
        if (_isClosed && Rest.Length > 0)
            _log.Add("unread " + CaseFile.Escape(Rest));
        else if (!IsOver && (Rest.Length > 0 || _body is not null))
            _log.Add("incomplete");
        return _log;
    }

    private ReadOnlySpan<byte> Rest => _received.AsSpan(Consumed, _receivedCount - Consumed);

    private bool ReadHead()
    {
        var result = _reader.Read(Rest, _head);
        if (result == ReadResult.NeedMore)
            return false;
        ScannedBytes += _reader.ScannedBytes;
        if (result == ReadResult.Fault)
        {
            Fail(_reader.Fault);
            return false;
        }

        LogHead(Rest);
        Requests++;
        Consumed += _head.Length;
        if (_head.Framing == BodyFraming.Chunked)
        {
            _chunkedBody.Start();
            _body = _chunkedBody;
        }
        else
        {
            _lengthBody.Start(_head.ContentLength);
            _body = _lengthBody;
        }

        return true;
    }

    private bool ReadBody()
    {
        while (true)
        {
            var step = _body!.Read(Rest, out var consumed, out var start, out var length);
            _content.AddRange(Rest.Slice(start, length));
            Assert.InRange(start + length, 0, consumed);
            Consumed += consumed;
            switch (step)
            {
                case BodyStep.NeedMore:
                    Assert.Equal(0, Rest.Length);
                    return false;
                case BodyStep.Fault:
                    Fail(_body.Fault);
                    return false;
                case BodyStep.Complete:
                    Assert.True(_body.IsComplete);
                    EndMessage();
                    return true;
                default:
                    Assert.NotEqual(0, length);
                    break;
            }
        }
    }

    private void EndMessage()
    {
        if (_head.Framing != BodyFraming.None)
            _log.Add(("body " + CaseFile.Escape(_content.ToArray())).TrimEnd(' '));
        if (_head.Framing == BodyFraming.Chunked)
        {
            foreach (var trailer in _chunkedBody.Trailers.Fields)
                LogField("trailer", trailer, _chunkedBody.TrailerBytes);
        }

        if (!_head.KeepAlive)
        {
            _log.Add("close");
            _isClosed = true;
        }

        _content.Clear();
        _body = null;
        _reader.Reset();
        _head.Reset();
    }

    private void LogHead(ReadOnlySpan<byte> message)
    {
        var target = _head.Target;
        _log.Add($"request {CaseFile.Escape(_head.MethodToken(message))} {CaseFile.Escape(target.Whole(message))} HTTP/1.{_head.MinorVersion}");
        var known = Methods.Name(_head.Method);
        Assert.True(known.Length == 0 || known == CaseFile.Escape(_head.MethodToken(message)));
        if (target.Form is TargetForm.Absolute or TargetForm.Authority)
            _log.Add("authority " + CaseFile.Escape(target.Authority(message)));
        var mark = target.Whole(message).IndexOf((byte)'?');
        if (!target.Path(message).SequenceEqual(mark < 0 ? target.Whole(message) : target.Whole(message)[..mark]))
            _log.Add(("path " + CaseFile.Escape(target.Path(message))).TrimEnd(' '));
        if (target.HasQuery)
            _log.Add(("query " + CaseFile.Escape(target.Query(message))).TrimEnd(' '));
        foreach (var field in _head.Fields)
            LogField("field", field, message);
        if (_head.ExpectContinue)
            _log.Add("expects 100-continue");
        if (_head.UpgradeRequested)
            _log.Add("wants upgrade");
    }

    private void LogField(string kind, FieldSlice field, ReadOnlySpan<byte> bytes)
    {
        Assert.Equal(FieldNames.Find(field.Name(bytes)), field.Known);
        var line = $"{CaseFile.Escape(field.Name(bytes))}: {CaseFile.Escape(field.Value(bytes))}".TrimEnd(' ');
        if (line != "Host: a")
            _log.Add($"{kind} {line}");
    }

    private void Fail(ProtocolFault fault)
    {
        IsFaulted = true;
        _log.Add($"fault {ProtocolFaults.Status(fault)} {ProtocolFaults.Name(fault)}");
    }
}
