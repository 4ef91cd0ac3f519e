using Millrace.Cases;
using Millrace.Protocol.Http1;
using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Tests;

/// <summary>
/// Every case file, every way of cutting. A log does not depend on where the bytes were cut, a fault is known at one certain
/// byte and stays the same from there on, and nothing is taken that belongs to the next message.
/// </summary>
public sealed class CaseTests
{
    // All places of a short case, and the two ends and a sample of a long one: its middle is one long run of equal bytes.
    private const int WholeLengthMax = 3000;
    private const int EndsLength = 150;
    private const int SampleStep = 331;

    private static readonly Dictionary<string, ProtocolCase> Cases = CaseFile
        .LoadFolder(Path.Combine(AppContext.BaseDirectory, "cases", "http1"))
        .ToDictionary(one => one.ToString());

    public static TheoryData<string> All => [.. Cases.Keys];

    public static TheoryData<string> Malformed => [.. Cases.Values.Where(one => one.IsMalformed).Select(one => one.ToString())];

    public static TheoryData<string> Valid => [.. Cases.Values.Where(one => !one.IsMalformed).Select(one => one.ToString())];

    [Fact]
    public void There_are_at_least_170_malformed_and_100_valid_cases()
    {
        Assert.True(Malformed.Count >= 170, $"{Malformed.Count} malformed cases");
        Assert.True(Valid.Count >= 100, $"{Valid.Count} valid cases");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_case_read_whole_gives_its_log(string name)
    {
        var one = Cases[name];
        Assert.Equal(one.Events, MachineDriver.Run(Http1Limits.Default, one.Bytes));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_case_read_byte_by_byte_gives_its_log(string name)
    {
        var one = Cases[name];
        Assert.Equal(one.Events, MachineDriver.Run(Http1Limits.Default, one.Bytes.Chunk(1)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_case_cut_in_two_anywhere_gives_its_log(string name)
    {
        var one = Cases[name];
        foreach (var cut in Cuts(one.Bytes.Length))
        {
            var log = MachineDriver.Run(Http1Limits.Default, one.Bytes[..cut], one.Bytes[cut..]);
            Assert.True(one.Events.SequenceEqual(log), $"cut at {cut}: {string.Join(" | ", log)}");
        }
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public void A_fault_is_known_at_one_byte_and_stays(string name)
    {
        var one = Cases[name];
        var first = FirstFaultyPrefix(one.Bytes);
        if (one.FaultKnownAfter >= 0)
            Assert.Equal(one.FaultKnownAfter, first);
        foreach (var length in Cuts(one.Bytes.Length + 1))
        {
            var log = MachineDriver.Run(Http1Limits.Default, one.Bytes[..length]);
            Assert.True((length >= first) == (log.Count > 0 && log[^1] == one.Events[^1]), $"prefix of {length}: {string.Join(" | ", log)}");
        }
    }

    [Theory]
    [MemberData(nameof(Valid))]
    public void Bytes_behind_a_request_stay(string name)
    {
        var one = Cases[name];
        if (one.Events[^1] == "incomplete")
            return;
        byte[] tail = [0, (byte)'\r', (byte)'\n', 0xFF];
        foreach (var parts in new[] { [[.. one.Bytes, .. tail]], ((byte[])[.. one.Bytes, .. tail]).Chunk(1).ToArray() })
        {
            var driver = new MachineDriver(Http1Limits.Default) { RequestsMax = one.RequestCount };
            foreach (var part in parts)
                driver.Feed(part);
            var unread = one.Events[^1].StartsWith("unread ", StringComparison.Ordinal) ? UnreadLength(one) : 0;
            Assert.False(driver.IsFaulted);
            Assert.Equal(one.Bytes.Length - unread, driver.Consumed);
        }
    }

    [Theory]
    [MemberData(nameof(Valid))]
    public void A_prefix_of_a_head_needs_more_and_consumes_nothing(string name)
    {
        var one = Cases[name];
        var whole = new RawRequestMessage();
        if (new Http1RequestReader(Http1Limits.Default).Read(one.Bytes, whole) != ReadResult.Complete)
            return;
        foreach (var length in Cuts(whole.Length))
        {
            var reader = new Http1RequestReader(Http1Limits.Default);
            var head = new RawRequestMessage();
            Assert.Equal(ReadResult.NeedMore, reader.Read(one.Bytes.AsSpan(0, length), head));
            Assert.Equal(0, head.Length);
            // The bytes may move between two calls.
            var moved = one.Bytes.AsSpan(0, whole.Length).ToArray();
            Assert.Equal(ReadResult.Complete, reader.Read(moved, head));
            Assert.Equal(whole.Length, head.Length);
        }
    }

    [Fact]
    public void Every_case_says_where_its_rule_stands_and_no_name_is_used_twice()
    {
        Assert.All(Cases.Values, one => Assert.NotEqual("", one.See));
        Assert.Equal(Cases.Count, Cases.Values.Select(one => one.Name).Distinct().Count());
    }

    private static int UnreadLength(ProtocolCase one)
    {
        var driver = new MachineDriver(Http1Limits.Default);
        driver.Feed(one.Bytes);
        return one.Bytes.Length - driver.Consumed;
    }

    private static int FirstFaultyPrefix(byte[] bytes)
    {
        var driver = new MachineDriver(Http1Limits.Default);
        for (var index = 0; index < bytes.Length; index++)
        {
            driver.Feed(bytes.AsSpan(index, 1));
            if (driver.IsFaulted)
                return index + 1;
        }

        return -1;
    }

    private static IEnumerable<int> Cuts(int length)
    {
        for (var cut = 0; cut < length; cut++)
        {
            if (length <= WholeLengthMax || cut < EndsLength || cut >= length - EndsLength || cut % SampleStep == 0)
                yield return cut;
        }
    }
}
