using BenchmarkDotNet.Attributes;
using Millrace.Protocol.Http1;
using Millrace.Protocol.Semantics;

namespace Millrace.Micro;

/// <summary>What it costs to read the head of a request.</summary>
[MemoryDiagnoser]
public class RequestReaderBenchmarks
{
    private readonly Http1RequestReader _reader = new(Http1Limits.Default);
    private readonly RawRequestMessage _head = new();

    [Benchmark]
    public int Wrk() => Read(RequestHeads.Wrk);

    [Benchmark]
    public int Browser() => Read(RequestHeads.Browser);

    /// <summary>Cut within a field: the reader is asked twice, and what it had read of the line is not lost.</summary>
    [Benchmark]
    public int BrowserInTwoPieces() => Read(RequestHeads.Browser, RequestHeads.Browser.Length / 2);

    private int Read(ReadOnlySpan<byte> message, int firstPiece = 0)
    {
        _reader.Reset();
        _head.Reset();
        if (firstPiece > 0 && _reader.Read(message[..firstPiece], _head) != ReadResult.NeedMore)
            throw new InvalidOperationException("Half a head was taken for a whole one.");
        if (_reader.Read(message, _head) != ReadResult.Complete)
            throw new InvalidOperationException("The head is not whole.");
        return _head.Length;
    }
}
