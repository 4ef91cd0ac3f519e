using System.Net;
using System.Text;
using Millrace.Protocol.ProxyProtocol;
using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Tests;

/// <summary>The PROXY protocol (HAProxy, doc/proxy-protocol.txt): version 1 in its section 2.1, version 2 in 2.2.</summary>
public sealed class ProxyHeaderTests
{
    private const string Signature = "\r\n\r\n\0\r\nQUIT\n";
    private const string V4 = "\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0004\u00d2\0\u0050";
    private const string V6 = "\u0020\u0001\u000d\u00b8\0\0\0\0\0\0\0\0\0\0\0\u0001\u0020\u0001\u000d\u00b8\0\0\0\0\0\0\0\0\0\0\0\u0002\u0004\u00d2\0\u0050";

    /// <summary>A header, and what it says of source and destination; null where it says nothing.</summary>
    public static TheoryData<string, string?, string?> Good => new()
    {
        { "PROXY TCP4 1.2.3.4 5.6.7.8 1234 80\r\n", "1.2.3.4:1234", "5.6.7.8:80" },
        { "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255:65535", "255.255.255.255:65535" },
        { "PROXY TCP4 0.0.0.0 10.0.0.1 0 1\r\n", "0.0.0.0:0", "10.0.0.1:1" },
        { "PROXY TCP6 2001:db8::1 2001:DB8::2 1234 80\r\n", "[2001:db8::1]:1234", "[2001:db8::2]:80" },
        { "PROXY TCP6 ffff:f6f5:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n", "[ffff:f6f5:ffff:ffff:ffff:ffff:ffff:ffff]:65535", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535" },
        { "PROXY UNKNOWN\r\n", null, null },
        { "PROXY UNKNOWN whatever \u00ff stands here\r\n", null, null },
        { $"PROXY UNKNOWN {new string('f', 91)}\r\n", null, null },
        { Signature + "\u0021\u0011\0\u000c" + V4, "1.2.3.4:1234", "5.6.7.8:80" },
        { Signature + "\u0021\u0021\0\u0024" + V6, "[2001:db8::1]:1234", "[2001:db8::2]:80" },
        { Signature + "\u0021\u0011\0\u000f" + V4 + "\u0004\0\0", "1.2.3.4:1234", "5.6.7.8:80" },
        { Signature + "\u0021\u0011\u0008\0" + V4 + new string('\u0004', 2036), "1.2.3.4:1234", "5.6.7.8:80" },
        { Signature + "\u0020\0\0\0", null, null },
        { Signature + "\u0020\u0011\0\u000c" + V4, null, null },
        { Signature + "\u0021\0\0\0", null, null },
        { Signature + "\u0021\u0012\0\u000c" + V4, null, null },
        { Signature + "\u0021\u0031\0\u0002ab", null, null },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void A_header_is_read_whole_and_not_a_byte_further(string text, string? source, string? destination)
    {
        byte[] bytes = [.. Bytes(text), .. "GET / HTTP/1.1\r\n"u8];
        Assert.Equal(ReadResult.Complete, ProxyHeaderReader.Read(bytes, out var header, out int length));
        Assert.Equal((text.Length, source, destination), (length, header.Source?.ToString(), header.Destination?.ToString()));
        Assert.Equal(ReadResult.Complete, ProxyHeaderReader.Read(bytes.AsSpan(0, text.Length), out var same, out length));
        Assert.Equal((text.Length, header), (length, same));
    }

    [Theory]
    [MemberData(nameof(Good))]
    public void Every_beginning_of_a_header_asks_for_more_and_says_nothing(string text, string? source, string? destination)
    {
        _ = (source, destination);
        for (int count = 0; count < text.Length; count++)
        {
            Assert.Equal(ReadResult.NeedMore, ProxyHeaderReader.Read(Bytes(text).AsSpan(0, count), out var header, out int length));
            Assert.True(header == default && length is 0, $"{count} bytes of the header said something.");
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("proxy TCP4 1.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY\r\n")]
    [InlineData("PROXY \r\n")]
    [InlineData("PROXY  TCP4 1.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY tcp4 1.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP5 1.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY unknown\r\n")]
    [InlineData("PROXY UNKNOWNS\r\n")]
    [InlineData("PROXY TCP4\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 2 \r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3 4 5\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4  5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 65536\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 01 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 -1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 \r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n\r\n")]
    [InlineData("PROXY TCP4 1.2.3 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.256 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.04 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP4 0x1.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP4 ::1 ::2 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 ::2 1 2\r\n")]
    [InlineData("PROXY TCP6 1::2::3 ::2 1 2\r\n")]
    [InlineData("PROXY TCP6 fe80::1%1 ::2 1 2\r\n")]
    [InlineData("PROXY TCP6 [::1] ::2 1 2\r\n")]
    [InlineData("PROXY TCP6 12345::1 ::2 1 2\r\n")]
    [InlineData(Signature + "\u0011\u0011\0\u000c" + V4)]
    [InlineData(Signature + "\u0022\u0011\0\u000c" + V4)]
    [InlineData(Signature + "\u0021\u0011\0\u000b" + "\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0004\u00d2\0")]
    [InlineData(Signature + "\u0021\u0021\0\u000c" + V4)]
    [InlineData(Signature + "\u0021\u0011\u0008\u0001")]
    [InlineData(Signature + "\u0021\u0011\u00ff\u00ff")]
    public void What_is_no_header_is_refused_and_once_refused_stays_refused(string text)
    {
        Assert.Equal(ReadResult.Fault, ProxyHeaderReader.Read(Bytes(text), out var header, out _));
        Assert.Null(header.Source);
        bool refused = false;
        for (int count = 0; count <= text.Length; count++)
        {
            var result = ProxyHeaderReader.Read(Bytes(text).AsSpan(0, count), out _, out _);
            Assert.Equal(refused ? ReadResult.Fault : result, result);
            Assert.NotEqual(ReadResult.Complete, result);
            refused = result == ReadResult.Fault;
        }
    }

    [Fact]
    public void An_address_of_TCP6_has_the_form_of_version_6()
    {
        // Section 2.1: "TCP6" is followed by addresses in colon notation.
        Assert.Equal(ReadResult.Fault, ProxyHeaderReader.Read("PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n"u8, out _, out _));
        Assert.Equal(ReadResult.Complete, ProxyHeaderReader.Read("PROXY TCP6 ::ffff:1.2.3.4 ::1 1 2\r\n"u8, out _, out _));
    }

    [Fact]
    public void An_address_of_version_4_in_the_form_of_version_6_is_the_one_of_version_4()
    {
        Assert.Equal(ReadResult.Complete, ProxyHeaderReader.Read("PROXY TCP6 ::ffff:1.2.3.4 ::ffff:5.6.7.8 1 2\r\n"u8, out var header, out _));
        Assert.Equal((new IPEndPoint(0x04030201, 1), new IPEndPoint(0x08070605, 2)), (header.Source, header.Destination));
        string mapped = new string('\0', 10) + "\u00ff\u00ff";
        string binary = $"{Signature}\u0021\u0021\0\u0024{mapped}\u0001\u0002\u0003\u0004{mapped}\u0005\u0006\u0007\u0008\0\u0001\0\u0002";
        Assert.Equal(ReadResult.Complete, ProxyHeaderReader.Read(Bytes(binary), out header, out _));
        Assert.Equal((new IPEndPoint(0x04030201, 1), new IPEndPoint(0x08070605, 2)), (header.Source, header.Destination));
    }

    [Fact]
    public void A_line_of_107_bytes_is_the_longest()
    {
        // Section 2.1: 107 bytes hold every line, its CRLF included.
        string longest = $"PROXY UNKNOWN {new string('x', 91)}\r\n";
        Assert.Equal(107, longest.Length);
        Assert.Equal(ReadResult.Complete, ProxyHeaderReader.Read(Bytes(longest), out _, out _));
        Assert.Equal(ReadResult.Fault, ProxyHeaderReader.Read(Bytes(longest.Replace("\r\n", "x\r\n", StringComparison.Ordinal)), out _, out _));
        Assert.Equal(ReadResult.NeedMore, ProxyHeaderReader.Read(Bytes(longest[..105] + "x"), out _, out _));
        Assert.Equal(ReadResult.Fault, ProxyHeaderReader.Read(Bytes(longest[..105] + "xx"), out _, out _));
    }

    [Fact]
    public void The_first_wrong_byte_of_the_signature_or_the_word_is_refused()
    {
        foreach (string start in new[] { Signature, "PROXY " })
        {
            for (int i = 0; i < start.Length; i++)
            {
                var bytes = Bytes(start)[..(i + 1)];
                bytes[i] ^= 0x40;
                Assert.Equal(ReadResult.Fault, ProxyHeaderReader.Read(bytes, out _, out _));
            }
        }
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
