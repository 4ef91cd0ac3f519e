using System.Text;

namespace Millrace.Tests.Connections;

/// <summary>It does not matter where the network cuts what a client sends.</summary>
public sealed class SplitTests
{
    private static readonly byte[] Conversation = Encoding.ASCII.GetBytes(
        "\r\nGET /one?q=1 HTTP/1.1\r\nHost: a\r\nX-Field: value\r\n\r\n"
        + "POST /two HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
        + "POST /three HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=\"y\"\r\nabc\r\n2\r\nde\r\n0\r\nX-T: 1\r\n\r\n"
        + "GET /four HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

    public static TheoryData<Kind, int> KindsAndPieces => new MatrixTheoryData<Kind, int>([.. Kinds.All.Select(row => row.Data)], [1, 2, 3, 7, 50, 1000]);

    [Theory]
    [MemberData(nameof(KindsAndPieces))]
    public async Task A_conversation_in_pieces_of_any_length_is_understood(Kind kind, int length)
    {
        await using var server = Start(kind);
        using var client = await server.ConnectAsync();
        foreach (var piece in Conversation.Chunk(length))
            await client.SendAsync(piece);
        await ExpectAnswersAsync(client);
    }

    [Fact]
    public async Task A_conversation_cut_in_three_at_any_two_places_is_understood()
    {
        await using var server = Start(Kind.InMemory);
        for (int first = 1; first < Conversation.Length; first++)
        {
            for (int second = first; second < Conversation.Length; second += 5)
            {
                using var client = await server.ConnectAsync();
                await client.SendAsync(Conversation.AsMemory(0, first));
                await client.SendAsync(Conversation.AsMemory(first, second - first));
                await client.SendAsync(Conversation.AsMemory(second));
                await ExpectAnswersAsync(client);
            }
        }
    }

    private static RunningServer Start(Kind kind) => new(kind, async request =>
        Response.Text($"{request.Method} {request.Path} {request.QueryString} {request.Headers["X-Field"]} {await request.TextAsync()}"));

    private static async Task ExpectAnswersAsync(RawClient client)
    {
        foreach (string text in new[] { "GET /one q=1 value ", "POST /two   hello", "POST /three   abcde", "GET /four   " })
            Assert.Equal(text, (await client.ReadAsync()).Text);
        await client.ExpectEndAsync();
    }
}
