using System.Globalization;
using System.Text;
using Millrace.Fuzz.Engine;
using Millrace.Protocol.Http1;
using Millrace.Protocol.Semantics;

namespace Millrace.Fuzz.Targets;

/// <summary>
/// The same content, the same trailers and the same end however the bytes were cut; nothing behind the end is taken; and a body that is
/// taken decodes to the same by a second, simple reading.
/// </summary>
internal sealed class ChunkedBodyTarget : FuzzTarget
{
    private static readonly Http1Limits Limits = new() { ChunkLineBytesMax = 200, ChunkExtensionBytesMax = 300, TrailerBytesMax = 300, FieldCountMax = 10 };

    private readonly ChunkedBody _body = new(Limits);

    public override string Name => "chunked";

    public override int Check(byte[] input, Random cuts)
    {
        var whole = Read([input]);
        if (_body.IsComplete)
            CheckAgainstSimpleReading(input, whole);
        int outcome = HashCode(whole);
        foreach (var pieces in Cuts.Of(input, cuts))
            Invariant.Same(whole, Read(pieces), "the body read whole and cut");
        return outcome;
    }

    private int HashCode(Outcome whole) =>
        whole.Fault != ProtocolFault.None ? (int)whole.Fault
        : Hash.Of([_body.IsComplete ? (byte)1 : (byte)0, (byte)Math.Min(255, whole.Content.Length), (byte)_body.Trailers.Count]);

    private Outcome Read(IEnumerable<byte[]> pieces)
    {
        _body.Start();
        var content = new StringBuilder();
        int taken = 0;
        foreach (byte[] piece in pieces)
        {
            var rest = piece.AsSpan();
            while (true)
            {
                var step = _body.Read(rest, out int consumed, out int start, out int length);
                Invariant.Holds(consumed <= rest.Length && start >= 0 && start + length <= consumed);
                content.Append(Encoding.Latin1.GetString(rest.Slice(start, length)));
                taken += consumed;
                rest = rest[consumed..];
                if (step == BodyStep.Fault)
                {
                    Invariant.Holds(_body.Fault != ProtocolFault.None);
                    // How far it got is nobody's matter any more: nothing behind a fault is read.
                    return new Outcome(content.ToString(), "", Taken: -1, _body.Fault);
                }
                if (step == BodyStep.Complete)
                    return new Outcome(content.ToString(), Trailers(), taken, ProtocolFault.None);
                if (step == BodyStep.NeedMore)
                {
                    Invariant.Holds(rest.IsEmpty);
                    break;
                }
                Invariant.Holds(length > 0);
            }
        }
        return new Outcome(content.ToString(), "", taken, ProtocolFault.None);
    }

    private string Trailers()
    {
        var text = new StringBuilder();
        foreach (var field in _body.Trailers.Fields)
            text.Append(Encoding.Latin1.GetString(field.Name(_body.TrailerBytes))).Append('=').Append(Encoding.Latin1.GetString(field.Value(_body.TrailerBytes))).Append('\n');
        return text.ToString();
    }

    // A body in order can be read by the book: hexadecimal digits, the line to its end, that many bytes, CRLF.
    private static void CheckAgainstSimpleReading(byte[] input, Outcome outcome)
    {
        string text = Encoding.Latin1.GetString(input);
        var content = new StringBuilder();
        int at = 0;
        while (true)
        {
            int end = text.IndexOf("\r\n", at, StringComparison.Ordinal);
            string digits = string.Concat(text[at..end].TakeWhile(char.IsAsciiHexDigit));
            int size = int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            at = end + 2;
            if (size == 0)
                break;
            content.Append(text, at, size);
            Invariant.Holds(text.AsSpan(at + size, 2) is "\r\n");
            at += size + 2;
        }
        while (!text.AsSpan(at).StartsWith("\r\n"))
            at = text.IndexOf("\r\n", at, StringComparison.Ordinal) + 2;
        Invariant.Same(content.ToString(), outcome.Content, "the content");
        Invariant.Same(at + 2, outcome.Taken, "the end of the body");
    }

    private sealed record Outcome(string Content, string Trailers, int Taken, ProtocolFault Fault);
}
