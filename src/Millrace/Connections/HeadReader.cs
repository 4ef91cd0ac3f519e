using Millrace.Protocol.Http1;
using Millrace.Protocol.Semantics;

namespace Millrace.Connections;

/// <summary>What reading one head needs: the reader and the tables it fills. A connection has one from the first byte of a request to its end, not while it is idle.</summary>
internal sealed class HeadReader(Http1Limits limits)
{
    private readonly Http1RequestReader _reader = new(limits);

    public RawRequestMessage Head { get; } = new();

    public ProtocolFault Fault => _reader.Fault;

    public ReadResult Read(ReadOnlySpan<byte> message) => _reader.Read(message, Head);

    public void Reset()
    {
        _reader.Reset();
        Head.Reset();
    }
}
