using System.IO.Compression;
using Millrace.Protocol.WebSockets;

namespace Millrace.Protocol.Tests;

/// <summary>Messages of permessage-deflate, decompressed and compressed (RFC 7692 section 7.2; RFC 1951).</summary>
public sealed class MessageInflaterTests
{
    [Theory]
    [InlineData("f248cdc9c90700", "Hello")]
    [InlineData("000500faff48656c6c6f00", "Hello")]
    [InlineData("f348cdc9c9070000", "Hello")]
    [InlineData("f24805000000ffffcac9c90700", "Hello")]
    // Final blocks in the middle, coded and stored.
    [InlineData("f348cdc9c90700f348cdc9c9070000", "HelloHello")]
    [InlineData("010500faff48656c6c6f010500faff48656c6c6f00", "HelloHello")]
    [InlineData("00", "")]
    [InlineData("", "")]
    [InlineData("0200", "")]
    public void The_examples_of_the_standard_and_blocks_marked_as_final_are_read(string hex, string text) => Assert.Equal(text, Inflated(Convert.FromHexString(hex)));

    [Fact]
    public void A_message_may_refer_to_those_before_it_where_the_window_is_kept()
    {
        var window = new InflateWindow(9);
        Assert.Equal("Hello", Inflated(Convert.FromHexString("f248cdc9c90700"), window));
        Assert.Equal("Hello", Inflated(Convert.FromHexString("f200110000"), window));
        Assert.Equal("Hello", Inflated(Convert.FromHexString("f200110000"), window));
        Assert.Null(Inflated(Convert.FromHexString("f200110000")));
    }

    [Theory]
    [InlineData("06")]
    [InlineData("07ffffffff")]
    [InlineData("f2")]
    [InlineData("f248cd")]
    [InlineData("000500faff4865")]
    [InlineData("000500faef48656c6c6f00")]
    [InlineData("0004")]
    [InlineData("0004000000")]
    // A distance of 30, a length of 286, a distance to before the beginning.
    [InlineData("f34875f0ff")]
    [InlineData("1b03")]
    [InlineData("f200110000")]
    [InlineData("4b040301")]
    // Tables: too many literals, codes of lengths that are too many, an end that has no code.
    [InlineData("fdff00000000")]
    [InlineData("0504ffffffffffff")]
    [InlineData("04c0810800000000209fe8ff")]
    public void What_is_no_DEFLATE_is_a_fault(string hex) => Assert.Null(Inflated(Convert.FromHexString(hex)));

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.Optimal)]
    [InlineData(CompressionLevel.SmallestSize)]
    public void What_the_base_library_compresses_is_read_whatever_room_there_is(CompressionLevel level)
    {
        var random = new Random((int)level + 1);
        for (int n = 0; n < 10; n++)
        {
            byte[] content = Content(random, random.Next(40_000));
            using var output = new MemoryStream();
            using var deflate = new DeflateStream(output, level, leaveOpen: true);
            deflate.Write(content);
            deflate.Flush();
            byte[] message = content.Length == 0 ? [0] : output.ToArray()[..^4];
            Assert.Equal(content, InflatedBytes(message, null, first: random.Next(content.Length + 1)));
            if (message.Length > 2 && level != CompressionLevel.NoCompression)
                Assert.NotEqual(content, InflatedBytes(message[..^2], null, first: 100));
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(12)]
    [InlineData(15)]
    public void What_is_compressed_reads_back_piece_by_piece_and_refers_back_no_further_than_the_window(int bits)
    {
        var random = new Random(bits);
        using var deflater = new MessageDeflater(bits);
        var window = new InflateWindow(15);
        for (int n = 0; n < 8; n++)
        {
            byte[][] pieces = [Content(random, random.Next(5000)), [], Content(random, random.Next(5000)), Content(random, n % 2)];
            byte[] message = [.. pieces.SelectMany((piece, i) => deflater.Deflate(piece, endsMessage: i == pieces.Length - 1).ToArray())];
            Assert.Equal(pieces.SelectMany(piece => piece), InflatedBytes(message, window, first: 1));
        }
        // Noise that comes again: it shrinks only where its first time is in reach.
        byte[] noise = new byte[(1 << bits) - 300 > 20_000 ? 20_000 : (1 << bits) + 1];
        random.NextBytes(noise);
        int length = deflater.Deflate((byte[])[.. noise, .. noise], endsMessage: true).Length;
        Assert.Equal(bits == 15, length < noise.Length * 3 / 2);
    }

    private static byte[] Content(Random random, int length)
    {
        byte[] content = new byte[length];
        int values = random.Next(3) switch { 0 => 2, 1 => 20, _ => 256 };
        for (int i = 0; i < length;)
        {
            int copied = Math.Min(random.Next(300), Math.Min(i, length - i));
            int distance = random.Next(1, Math.Max(2, i));
            for (int k = 0; k < copied; k++, i++)
                content[i] = content[Math.Max(0, i - distance)];
            if (i < length)
                content[i++] = (byte)random.Next(values);
        }
        return content;
    }

    private static string? Inflated(byte[] message, InflateWindow? window = null) =>
        InflatedBytes(message, window, first: 3) is { } bytes ? System.Text.Encoding.UTF8.GetString(bytes) : null;

    /// <summary>The content, in memory that begins with some bytes and grows by one and by half; null for a fault.</summary>
    private static byte[]? InflatedBytes(byte[] message, InflateWindow? window, int first)
    {
        var inflater = new MessageInflater();
        inflater.Begin(window);
        byte[] output = new byte[first];
        while (true)
        {
            var step = inflater.Read(message, output);
            Assert.InRange(inflater.Written, 0, output.Length);
            if (step != InflateStep.NeedRoom)
                return step == InflateStep.End ? output[..inflater.Written] : null;
            Assert.Equal(output.Length, inflater.Written);
            Array.Resize(ref output, output.Length + 1 + (output.Length / 2));
        }
    }
}
