using System.Globalization;

namespace Millrace.Tests.Conformance;

/// <summary>
/// Bytes as a client sends them, and what must come back. The expectation is a list of answers: a status, an <c>h</c> behind it for the
/// answer to a HEAD, <c>=text</c> for the body with <c>_</c> for each space, and <c>x</c> behind the status where the answer closes and nothing may
/// follow, <c>?</c> where it may close or not. A list that is empty says that there is no answer and, when the client has ended its side, no more connection. Where nothing closes, the connection
/// must serve another request. In the bytes, <c>{100}</c> means that the client waits for 100 Continue, and <c>{end}</c> at their end that it ends its side.
/// </summary>
internal static class Probe
{
    private const string Wait = "{100}";
    private const string End = "{end}";

    public static async Task RunAsync(RunningServer server, string name, string bytes, string expected)
    {
        using var client = await server.ConnectAsync();
        bool ends = expected.Length == 0 || bytes.EndsWith(End, StringComparison.Ordinal);
        string[] pieces = bytes.Replace(End, "", StringComparison.Ordinal).Split(Wait);
        for (int i = 0; i < pieces.Length; i++)
        {
            if (i > 0)
                Assert.Equal(100, (await client.ReadAsync()).Status);
            // Whoever breaks the rules may be refused before the last byte.
            await client.TrySendAsync(System.Text.Encoding.Latin1.GetBytes(pieces[i]));
        }
        if (ends)
            client.TryCompleteWrites();
        bool hasClosed = expected.Length == 0;
        foreach (string answer in expected.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.False(hasClosed, $"{name}: an answer is expected behind one that closes.");
            hasClosed = await ExpectAsync(client, name, answer);
        }
        if (hasClosed || ends)
        {
            await client.ExpectEndAsync();
            return;
        }
        await client.GetAsync("/");
        Assert.Equal("OK", (await client.ReadAsync()).Text);
    }

    private static async Task<bool> ExpectAsync(RawClient client, string name, string expected)
    {
        int status = int.Parse(expected.AsSpan(0, 3), CultureInfo.InvariantCulture);
        string[] parts = expected[3..].Split('=', 2);
        var response = await client.ReadAsync(toHead: parts[0].Contains('h', StringComparison.Ordinal));
        bool mayClose = parts[0].Contains('?', StringComparison.Ordinal);
        Assert.True(status == response.Status && (mayClose || response.Closes == parts[0].Contains('x', StringComparison.Ordinal)), $"{name}: {expected} was {response.Head}");
        if (parts.Length == 2)
            Assert.True(parts[1] == response.Text.Replace(' ', '_'), $"{name}: {expected} was {response.Text}");
        return response.Closes;
    }
}
