using System.Text;
using Millrace.Protocol.Http1;
using Millrace.Protocol.Multipart;
using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Tests;

/// <summary>Multipart bodies taken apart, however they are cut (RFC 2046 section 5.1).</summary>
public sealed class MultipartMachineTests
{
    private const string Two = "--b\r\nA: 1\r\n\r\none\r\n--b\r\nB: 2\r\nC: 3\r\n\r\ntwo\r\n--b--\r\n";

    public static TheoryData<string, string> Bodies => new()
    {
        { Two, "[A=1](one)[B=2,C=3](two)." },
        { "--b\r\n\r\n\r\n--b--", "[]()." },
        { "--b\r\nA: 1\r\n\r\n--b--", "[A=1]()." },
        { "--b--", "." },
        { "--b--\r\n", "." },
        { "\r\n--b--\r\n", "." },
        { "preamble\r\n--b\r\nA: 1\r\n\r\none\r\n--b--epilogue\r\n--b\r\n", "[A=1](one)." },
        { "pre --b\r\n-b\r\n--\r\n--b\r\n\r\nx\r\n--b--", "[](x)." },
        { "--b \t \r\n\r\nx\r\n--b--", "[](x)." },
        { "--b\r\n\r\n\r\n\r\n\r\n--b--", "[](\r\n\r\n)." },
        { "--b\r\n\r\na\r\n--\r\n--a\r\n-b\r--b\n--b\r\r\n--b--", "[](a\r\n--\r\n--a\r\n-b\r--b\n--b\r)." },
        { "--b\r\n\r\n--\r\n--b--", "[](--)." },
        { "--b\r\n\r\n--c\r\n--b--", "[](--c)." },
        { "--b\r\n\r\n\r\n--c\r\n\r\n\r\n--b--", "[](\r\n--c\r\n\r\n)." },
    };

    public static TheoryData<string, string> Faults => new()
    {
        { "", nameof(ProtocolFault.MultipartCutOff) },
        { "--b", nameof(ProtocolFault.MultipartCutOff) },
        { "--b-", nameof(ProtocolFault.MultipartCutOff) },
        { "no boundary at all", nameof(ProtocolFault.MultipartCutOff) },
        { "--c\r\n\r\nx\r\n--c--\r\n", nameof(ProtocolFault.MultipartCutOff) },
        { "--b\r\nA: 1", nameof(ProtocolFault.MultipartCutOff) },
        { "--b\r\nA: 1\r\n\r\ndata", nameof(ProtocolFault.MultipartCutOff) },
        { "--b\r\nA: 1\r\n\r\ndata\r\n--b", nameof(ProtocolFault.MultipartCutOff) },
        { "--b\r\nA: 1\r\n\r\ndata\r\n--b\r\n", nameof(ProtocolFault.MultipartCutOff) },
        { "--bx\r\n\r\n", nameof(ProtocolFault.BadMultipartDelimiter) },
        { "--b\n\r\n", nameof(ProtocolFault.BadMultipartDelimiter) },
        { "--b-x", nameof(ProtocolFault.BadMultipartDelimiter) },
        { "--b --", nameof(ProtocolFault.BadMultipartDelimiter) },
        { "--b\r\n\r\nx\r\n--bound\r\n", nameof(ProtocolFault.BadMultipartDelimiter) },
        { "--b\r\nA\r\n\r\n", nameof(ProtocolFault.BadPartHead) },
        { "--b\r\nA : 1\r\n\r\n", nameof(ProtocolFault.BadPartHead) },
        { "--b\r\nA: 1\r\n folded\r\n\r\n", nameof(ProtocolFault.BadPartHead) },
        { "--b\r\nA: 1\nB: 2\r\n\r\n", nameof(ProtocolFault.BadPartHead) },
        { "--b\r\nA: a\0b\r\n\r\n", nameof(ProtocolFault.BadPartHead) },
        { "--b\r\n: 1\r\n\r\n", nameof(ProtocolFault.BadPartHead) },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public void A_body_is_the_same_wherever_it_is_cut(string body, string expected) => AssertEveryCut(body, expected);

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_malformed_body_is_the_same_fault_wherever_it_is_cut(string body, string fault) => AssertEveryCut(body, $"!{fault}", faultOnly: true);

    [Fact]
    public void Heads_have_their_limits()
    {
        var limits = new MultipartLimits { Head = new Http1Limits { FieldBytesMax = 20, FieldCountMax = 2, HeadBytesMax = 64 }, PartsMax = 2 };
        AssertEveryCut($"--b\r\nA: {new string('x', 15)}\r\n\r\n\r\n--b--", $"[A={new string('x', 15)}]().", limits: limits);
        AssertEveryCut($"--b\r\nA: {new string('x', 16)}\r\n\r\n\r\n--b--", "!FieldTooLarge", faultOnly: true, limits);
        AssertEveryCut("--b\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n\r\n--b--", "!TooManyFields", faultOnly: true, limits);
        AssertEveryCut($"--b\r\nA: {new string('x', 100)}", "!HeadTooLarge", faultOnly: true, limits);
        AssertEveryCut($"{new string('x', 100)}\r\n--b--", "!HeadTooLarge", faultOnly: true, limits);
        AssertEveryCut("--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b--", "[](1)[](2).", limits: limits);
        AssertEveryCut("--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b\r\n\r\n3\r\n--b--", "!TooManyParts", faultOnly: true, limits);
        AssertEveryCut($"--b{new string(' ', 65)}\r\n", "!BadMultipartDelimiter", faultOnly: true);
    }

    [Fact]
    public void A_long_head_grows_to_its_limit_and_no_byte_of_the_data_is_lost()
    {
        string value = new('v', 9000);
        string body = $"--b\r\nA: {value}\r\nB: {value}\r\n\r\n{value}\r\n--b--";
        Assert.Equal($"[A={value},B={value}]({value}).", Read([body]));
        Assert.Equal($"[A={value},B={value}]({value}).", Read(body.Chunk(1000).Select(piece => new string(piece))));
    }

    [Fact]
    public void Data_is_taken_in_pieces_as_large_as_they_come()
    {
        var machine = new MultipartMachine("b", MultipartLimits.Default);
        byte[] body = [.. "--b\r\n\r\n"u8, .. new byte[100_000], .. "\r\n--b--"u8];
        Assert.Equal(MultipartStep.Part, machine.Read(body, out int consumed, out _, out _));
        Assert.Equal(MultipartStep.Data, machine.Read(body.AsSpan(consumed), out _, out int start, out int length));
        Assert.Equal((0, 100_000), (start, length));
    }

    [Theory]
    [InlineData("b", true)]
    [InlineData("----WebKitFormBoundary7MA4YWxkTrZu0gW", true)]
    [InlineData("'()+_,-./:=? x", true)]
    [InlineData("", false)]
    [InlineData(" ", false)]
    [InlineData("b ", false)]
    [InlineData("a\tb", false)]
    [InlineData("a;b", false)]
    [InlineData("\u00E9", false)]
    [InlineData("a\r\nb", false)]
    public void A_boundary_is_made_of_few_characters(string text, bool isBoundary) => Assert.Equal(isBoundary, BoundarySyntax.IsBoundary(text));

    [Fact]
    public void A_boundary_has_70_characters_at_most()
    {
        Assert.True(BoundarySyntax.IsBoundary(new string('x', 70)));
        Assert.False(BoundarySyntax.IsBoundary(new string('x', 71)));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("SGVs\r\nbG8=", "Hello")]
    [InlineData("SGVsbG8h", "Hello!")]
    [InlineData("SA==", "H")]
    [InlineData(" S A = =\r\n \t", "H")]
    [InlineData("SA=", null)]
    [InlineData("SA", null)]
    [InlineData("S", null)]
    [InlineData("S===", null)]
    [InlineData("SA==SA==", null)]
    [InlineData("SA==junk", null)]
    [InlineData("SG.s", null)]
    [InlineData("SGVs====", null)]
    public void Base64_is_strict_but_for_white_space(string encoded, string? decoded)
    {
        for (int cut = 0; cut <= encoded.Length; cut++)
        {
            var machine = new Base64Machine();
            var output = new byte[100];
            int written = 0;
            bool isGood = true;
            foreach (string piece in new[] { encoded[..cut], encoded[cut..] })
            {
                isGood &= machine.TryDecode(Encoding.Latin1.GetBytes(piece), output.AsSpan(written), out int consumed, out int n) && consumed == piece.Length;
                written += n;
            }
            Assert.Equal(decoded, isGood && machine.IsWhole ? Encoding.ASCII.GetString(output, 0, written) : null);
        }
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("caf=C3=a9", "café")]
    [InlineData("a=\r\nb", "ab")]
    [InlineData("a\r\nb", "a\r\nb")]
    [InlineData("=3D=", "=*")]
    [InlineData("=4", "*")]
    [InlineData("=4G", null)]
    [InlineData("=\n\n", null)]
    public void Quoted_printable_is_read_or_refused(string encoded, string? decoded)
    {
        var output = new byte[100];
        bool isGood = QuotedPrintable.TryDecode(Encoding.ASCII.GetBytes(encoded), output, out int consumed, out int written);
        Assert.Equal(decoded, isGood ? Encoding.UTF8.GetString(output, 0, written) + (consumed < encoded.Length ? "*" : "") : null);
        Assert.True(QuotedPrintable.TryDecode("abc"u8, output.AsSpan(0, 2), out consumed, out written) && (consumed, written) == (2, 2));
    }

    [Theory]
    [InlineData("form-data; name=a; filename=\"b c\"", "form-data|name:a|filename:b c")]
    [InlineData("form-data;name=\"a\\\"b\\\\c\";;", "form-data|name:a\"b\\c")]
    [InlineData("x; filename=\"C:\\dir\\file\"", "x|filename:C:\\dir\\file")]
    [InlineData("x; a=\"1;2\" ; b=3", "x|a:1;2|b:3")]
    [InlineData("x; a=b c ; d=e", "x|a:b c|d:e")]
    [InlineData("x", "x")]
    [InlineData("", "")]
    [InlineData("x; a", "x|!")]
    [InlineData("x; a=", "x|a:")]
    [InlineData("x; =b", "x|!")]
    [InlineData("x; a b=c", "x|!")]
    [InlineData("x; a=\"b", "x|!")]
    [InlineData("x; a=\"b\"c; d=e", "x|!")]
    public void Parameters_are_read_up_to_what_is_none(string field, string expected)
    {
        var parameters = new FieldParameters(field);
        var text = new StringBuilder(parameters.Value.ToString());
        while (parameters.TryNext(out var name, out string value))
            text.Append('|').Append(name).Append(':').Append(value);
        Assert.Equal(expected, text.Append(parameters.IsMalformed ? "|!" : "").ToString());
    }

    [Theory]
    [InlineData("UTF-8''%e2%82%ac%20rates", "€ rates")]
    [InlineData("utf-8'en'a.txt", "a.txt")]
    [InlineData("ISO-8859-1''%E9", "é")]
    [InlineData("UTF-8''%E9", null)]
    [InlineData("UTF-7''a", null)]
    [InlineData("UTF-8''%4", null)]
    [InlineData("UTF-8''%4g", null)]
    [InlineData("UTF-8''a b", null)]
    [InlineData("UTF-8'a", null)]
    [InlineData("a", null)]
    public void An_extended_value_is_decoded_or_passed_over(string value, string? expected) => Assert.Equal(expected, ExtendedValue.Decode(value));

    private static void AssertEveryCut(string body, string expected, bool faultOnly = false, MultipartLimits? limits = null)
    {
        string Shown(string result) => faultOnly && result.Contains('!', StringComparison.Ordinal) ? result[result.IndexOf('!', StringComparison.Ordinal)..] : result;
        for (int cut = 0; cut <= body.Length; cut++)
            Assert.Equal(expected, Shown(Read([body[..cut], body[cut..]], limits)));
        Assert.Equal(expected, Shown(Read(body.Select(c => c.ToString()), limits)));
    }

    /// <summary>Reads as a caller does: what is left over comes again before the next piece.</summary>
    private static string Read(IEnumerable<string> pieces, MultipartLimits? limits = null)
    {
        var machine = new MultipartMachine("b", limits ?? MultipartLimits.Default);
        var text = new StringBuilder();
        byte[] rest = [];
        foreach (string piece in pieces)
        {
            rest = [.. rest, .. Encoding.Latin1.GetBytes(piece)];
            while (true)
            {
                var step = machine.Read(rest, out int consumed, out int start, out int length);
                if (step == MultipartStep.Data)
                    text.Append(Encoding.Latin1.GetString(rest, start, length));
                Assert.True(consumed > 0 || step is MultipartStep.NeedMore or MultipartStep.Fault or MultipartStep.Complete or MultipartStep.PartEnd or MultipartStep.Part);
                rest = rest[consumed..];
                if (step == MultipartStep.Part)
                    text.Append('[').AppendJoin(',', Fields(machine.Head)).Append("](");
                else if (step == MultipartStep.PartEnd)
                    text.Append(')');
                else if (step == MultipartStep.Fault)
                    return text.Append('!').Append(machine.Fault).ToString();
                if (step is MultipartStep.NeedMore or MultipartStep.Complete)
                    break;
            }
            Assert.True(rest.Length <= machine.UnconsumedMax);
        }
        return text.Append(machine.End() ? "." : $"!{machine.Fault}").ToString();
    }

    private static List<string> Fields(PartHead head)
    {
        var fields = new List<string>();
        foreach (var field in head.Fields)
            fields.Add($"{Encoding.ASCII.GetString(field.Name(head.Bytes))}={Encoding.Latin1.GetString(field.Value(head.Bytes))}");
        return fields;
    }
}
