using System.Buffers;
using BenchmarkDotNet.Attributes;
using Millrace.Protocol.Http1;
using Millrace.Protocol.Semantics;

namespace Millrace.Micro;

/// <summary>What it costs to write the head of a response.</summary>
[MemoryDiagnoser]
public class ResponseWriterBenchmarks
{
    private static readonly KeyValuePair<string, string>[] Fields =
    [
        new("Cache-Control", "private, max-age=0, must-revalidate"),
        new("ETag", "\"5d41402abc4b2a76b9719d911017c592\""),
        new("Last-Modified", "Mon, 23 Nov 2026 14:39:49 GMT"),
        new("Set-Cookie", "session=8f14e45fceea167a5a36dedd4bea2543; Path=/; HttpOnly; Secure; SameSite=Lax"),
        new("Vary", "Accept-Encoding"),
    ];

    private readonly ArrayBufferWriter<byte> _buffer = new(4096);

    [Benchmark]
    public int Plain() => Write([], BodyFraming.Length);

    [Benchmark]
    public int FiveFields() => Write(Fields, BodyFraming.Length);

    [Benchmark]
    public int Chunked() => Write([], BodyFraming.Chunked);

    private int Write(ReadOnlySpan<KeyValuePair<string, string>> fields, BodyFraming framing)
    {
        _buffer.ResetWrittenCount();
        ResponseHeadWriter.Write(_buffer, new ResponseHead
        {
            Status = 200,
            Date = "Mon, 23 Nov 2026 14:39:49 GMT"u8,
            Server = "Millrace"u8,
            Framing = framing,
            ContentLength = 12,
            ContentType = "text/plain; charset=utf-8"u8,
            Fields = fields,
        });
        return _buffer.WrittenCount;
    }
}
