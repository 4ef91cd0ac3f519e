using System.Text;
using Millrace.Fuzz.Engine;
using Millrace.Protocol.Http1;
using Millrace.Protocol.Semantics;

namespace Millrace.Fuzz.Targets;

/// <summary>
/// Any bytes are a head, a fault or not enough; which of them, and every slice of it, does not depend on how they were cut; and what is
/// taken as a head keeps the grammar by a second, simple reading.
/// </summary>
internal sealed class RequestHeadTarget : FuzzTarget
{
    private const string TokenCharacters = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static readonly Http1Limits Limits = new() { RequestLineBytesMax = 300, FieldBytesMax = 300, FieldCountMax = 20, HeadBytesMax = 1000 };

    private readonly Http1RequestReader _reader = new(Limits);
    private readonly RawRequestMessage _head = new();

    public override string Name => "head";

    public override bool TakesCases => true;

    public override int Check(byte[] input, Random cuts)
    {
        string whole = Read(input, [input.Length]);
        int kind = HashCodeOf(whole);
        if (whole.StartsWith("Complete", StringComparison.Ordinal))
            CheckHead(input);
        foreach (var pieces in Cuts.Of(input, cuts))
        {
            int shown = 0;
            Invariant.Same(whole, Read(input, pieces.Select(piece => shown += piece.Length)), "the head read whole and cut");
        }
        return kind;
    }

    // What is new is the fault, or the shape of what was taken.
    private int HashCodeOf(string whole) =>
        _reader.Fault != ProtocolFault.None ? (int)_reader.Fault
        : Hash.Of([(byte)whole[0], (byte)_head.Method, (byte)_head.MinorVersion, (byte)_head.Framing, (byte)_head.FieldCount, (byte)_head.Target.Form, _head.KeepAlive ? (byte)1 : (byte)0]);

    private string Read(byte[] input, IEnumerable<int> shownLengths)
    {
        _reader.Reset();
        _head.Reset();
        var result = ReadResult.NeedMore;
        foreach (int length in shownLengths)
        {
            // In memory of exactly that length: a look behind the end is an exception.
            result = _reader.Read(input.AsSpan(0, length).ToArray(), _head);
            if (result != ReadResult.NeedMore)
                break;
            Invariant.Holds(_head.Length == 0);
        }
        return result == ReadResult.Complete ? $"Complete {Describe(input)}" : $"{result} {_reader.Fault}";
    }

    private string Describe(byte[] input)
    {
        var text = new StringBuilder($"{_head.Length} {_head.MethodStart} {_head.MethodLength} {_head.Method} {_head.Target} {_head.MinorVersion} {_head.Framing} {_head.ContentLength}");
        text.Append($" {_head.KeepAlive} {_head.ExpectContinue} {_head.UpgradeRequested}");
        foreach (var field in _head.Fields)
            text.Append($" {field.Known} {Text(field.Name(input))}={Text(field.Value(input))}");
        return text.ToString();
    }

    private void CheckHead(byte[] input)
    {
        Invariant.Holds(_head.Length <= input.Length && _head.Length <= Limits.HeadBytesMax);
        string[] lines = Text(input.AsSpan(0, _head.Length)).TrimStart('\r', '\n').Split("\r\n");
        Invariant.Holds(lines is [_, .., "", ""]);
        Invariant.Same(_head.FieldCount, lines.Length - 3, "fields and lines of fields");
        Invariant.Holds(_head.FieldCount <= Limits.FieldCountMax);
        string[] start = lines[0].Split(' ');
        Invariant.Holds(start.Length == 3 && IsToken(start[0]) && start[2] == "HTTP/1." + _head.MinorVersion);
        Invariant.Same(start[0], Text(_head.MethodToken(input)), "the method");
        Invariant.Same(start[1], Text(_head.Target.Whole(input)), "the target");
        Invariant.Holds(start[1].Length > 0 && start[1].All(c => c is > ' ' and < '\x7F' and not '#'));
        CheckSlices(input, _head.Target);
        for (int i = 0; i < _head.FieldCount; i++)
        {
            string name = Text(_head.Fields[i].Name(input)), value = Text(_head.Fields[i].Value(input)), line = lines[i + 1];
            Invariant.Holds(IsToken(name) && line.StartsWith(name + ":", StringComparison.Ordinal));
            Invariant.Same(value, line[(name.Length + 1)..].Trim(' ', '\t'), "the value");
            Invariant.Holds(value.All(c => c is '\t' or >= ' ' and not '\x7F'));
        }
        CheckFraming(input);
    }

    private static void CheckSlices(byte[] input, RequestTarget target)
    {
        string path = Text(target.Path(input));
        Invariant.Holds(target.Form switch
        {
            TargetForm.Authority => path.Length == 0 && target.AuthorityLength == target.Length,
            TargetForm.Asterisk => path == "*",
            _ => path.StartsWith('/') && !path.Contains('?', StringComparison.Ordinal),
        });
        Invariant.Holds(target.HasQuery || target.QueryLength == 0);
    }

    private void CheckFraming(byte[] input)
    {
        var lengths = Values(input, "content-length");
        var codings = Values(input, "transfer-encoding");
        int hosts = Values(input, "host").Count;
        Invariant.Holds(hosts == 1 || (hosts == 0 && _head.MinorVersion == 0));
        Invariant.Holds(lengths.Count + codings.Count <= 1);
        Invariant.Holds(_head.Framing == (codings.Count == 1 ? BodyFraming.Chunked : lengths.Count == 1 ? BodyFraming.Length : BodyFraming.None));
        Invariant.Holds(codings.Count == 0 || (codings[0].Trim(',', ' ', '\t').Equals("chunked", StringComparison.OrdinalIgnoreCase) && _head.MinorVersion == 1));
        Invariant.Holds(lengths.Count == 0 || (lengths[0].All(char.IsAsciiDigit) && System.Numerics.BigInteger.Parse(lengths[0], null) == _head.ContentLength));
        bool closes = Values(input, "connection").Any(value => value.Split(',').Any(option => option.Trim(' ', '\t').Equals("close", StringComparison.OrdinalIgnoreCase)));
        Invariant.Holds(!closes || !_head.KeepAlive);
    }

    private List<string> Values(byte[] input, string name)
    {
        var values = new List<string>();
        foreach (var field in _head.Fields)
        {
            if (Text(field.Name(input)).Equals(name, StringComparison.OrdinalIgnoreCase))
                values.Add(Text(field.Value(input)));
        }
        return values;
    }

    private static bool IsToken(string text) => text.Length > 0 && text.All(TokenCharacters.Contains);

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
