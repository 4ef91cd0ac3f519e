using System.Text;
using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Tests;

/// <summary>The tables: methods, field names, faults, status codes, byte classes.</summary>
public sealed class VocabularyTests
{
    private static readonly int[] FaultStatuses = [400, 408, 411, 413, 414, 417, 431, 501, 503, 505];

    [Fact]
    public void Every_method_is_found_by_its_name_and_only_so()
    {
        foreach (var method in Enum.GetValues<KnownMethod>().Where(one => one != KnownMethod.Other))
        {
            var name = Methods.Name(method);
            Assert.Equal(method.ToString().ToUpperInvariant(), name);
            Assert.Equal(method, Methods.Find(Encoding.ASCII.GetBytes(name)));
            Assert.Equal(KnownMethod.Other, Methods.Find(Encoding.ASCII.GetBytes(name.ToLowerInvariant())));
            Assert.Equal(KnownMethod.Other, Methods.Find(Encoding.ASCII.GetBytes(name + "X")));
            Assert.Equal(KnownMethod.Other, Methods.Find(Encoding.ASCII.GetBytes(name[1..])));
        }
    }

    [Fact]
    public void Every_field_name_is_found_in_any_letters_and_stands_where_the_enumeration_says()
    {
        Assert.Equal(Enum.GetValues<KnownField>().Length, FieldNames.Count);
        Assert.True(FieldNames.Count <= 64);
        foreach (var field in Enum.GetValues<KnownField>().Where(one => one != KnownField.Unknown))
        {
            var name = FieldNames.Name(field);
            Assert.Equal(field.ToString(), name.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
            foreach (var spelling in new[] { name, name.ToLowerInvariant(), name.ToUpperInvariant() })
            {
                Assert.Equal(field, FieldNames.Find(Encoding.ASCII.GetBytes(spelling)));
                Assert.Equal(field, FieldNames.Find(spelling));
            }
        }
    }

    // A bit that folds letters also folds CR to "-" and "@" to "`": no byte but a letter may have two spellings.
    [Fact]
    public void A_field_name_with_any_byte_changed_is_not_found()
    {
        for (var field = KnownField.Host; (int)field < FieldNames.Count; field++)
        {
            var name = Encoding.ASCII.GetBytes(FieldNames.Name(field));
            for (var index = 0; index < name.Length; index++)
            {
                var original = name[index];
                for (var value = 0; value < 256; value++)
                {
                    name[index] = (byte)value;
                    var isSame = char.ToLowerInvariant((char)value) == char.ToLowerInvariant((char)original);
                    Assert.Equal(isSame, FieldNames.Find(name) == field);
                }

                name[index] = original;
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("H\u00F6st")]
    [InlineData("Ho\u017Ft")]
    [InlineData("Access-Control-Request-Headers-And-More")]
    public void Other_names_are_unknown(string name) => Assert.Equal(KnownField.Unknown, FieldNames.Find(name));

    [Fact]
    public void Every_fault_has_a_status_a_fixed_text_and_a_name_of_its_own()
    {
        var faults = Enum.GetValues<ProtocolFault>().Where(one => one != ProtocolFault.None).ToArray();
        Assert.All(faults, one => Assert.Contains(ProtocolFaults.Status(one), FaultStatuses));
        Assert.All(faults, one => Assert.Matches("^[A-Z][ -~]+\\.$", ProtocolFaults.Text(one)));
        Assert.All(faults, one => Assert.Matches("^[a-z0-9]+(_[a-z0-9]+)*$", ProtocolFaults.Name(one)));
        Assert.Equal(faults.Length, faults.Select(ProtocolFaults.Name).Distinct().Count());
        Assert.Equal(faults.Length, faults.Select(ProtocolFaults.Text).Distinct().Count());
        Assert.Equal(FaultStatuses, faults.Select(ProtocolFaults.Status).Distinct().Order());
    }

    [Theory]
    [InlineData(200, "OK")]
    [InlineData(404, "Not Found")]
    [InlineData(413, "Content Too Large")]
    [InlineData(431, "Request Header Fields Too Large")]
    [InlineData(299, "")]
    [InlineData(599, "")]
    public void A_status_has_its_phrase_and_its_line(int status, string phrase)
    {
        Assert.Equal(phrase, StatusReasons.Phrase(status));
        Assert.Equal($"HTTP/1.1 {status} {phrase}\r\n", Encoding.ASCII.GetString(StatusReasons.StatusLine(status)));
    }

    [Theory]
    [InlineData(99)]
    [InlineData(600)]
    [InlineData(999)]
    [InlineData(1000)]
    [InlineData(-1)]
    public void A_status_outside_100_to_599_is_refused(int status) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => StatusReasons.Phrase(status));

    [Fact]
    public void Byte_classes_are_those_of_the_RFC()
    {
        const string Signs = "!#$%&'*+-.^_`|~";
        for (var value = 0; value < 256; value++)
        {
            var one = (byte)value;
            var isAlphanumeric = char.IsAsciiLetterOrDigit((char)value);
            Assert.Equal(isAlphanumeric || Signs.Contains((char)value), AsciiSets.Token.Contains(one));
            Assert.Equal(value is '\t' or (>= 0x20 and not 0x7F), AsciiSets.FieldValue.Contains(one));
            Assert.Equal(value is > 0x20 and < 0x7F and not ('#' or '"' or '<' or '>'), AsciiSets.Target.Contains(one));
            Assert.Equal(isAlphanumeric || "-._~".Contains((char)value), AsciiSets.HostName.Contains(one));
            Assert.Equal(char.IsAsciiHexDigit((char)value) ? Convert.ToInt32(((char)value).ToString(), 16) : -1, AsciiSets.HexValue(one));
            Assert.Equal(char.IsAsciiDigit((char)value), AsciiSets.IsDigit(one));
        }
    }
}
