using System.Net;
using System.Net.WebSockets;
using System.Text;

namespace Millrace.Samples.Tests;

/// <summary><c>samples/chat.cs</c>: who is in a room hears what is said in it. What its page does with it is shown in Millrace.Browser.Tests.</summary>
public sealed class ChatSampleTests
{
    [Fact]
    public async Task Who_is_in_a_room_hears_who_comes_what_is_said_and_who_goes()
    {
        await using var sample = await RunningSample.StartAsync("chat.cs");
        using var ada = await EnterAsync(sample, "tea", "ada");
        Assert.Equal("""{"type":"came","who":"ada","people":["ada"]}""", await HearAsync(ada));
        using var elsewhere = await EnterAsync(sample, "coffee", "eve");
        Assert.Equal("""{"type":"came","who":"eve","people":["eve"]}""", await HearAsync(elsewhere));
        using (var bob = await EnterAsync(sample, "tea", "bob"))
        {
            Assert.Equal("""{"type":"came","who":"bob","people":["ada","bob"]}""", await HearAsync(ada));
            Assert.Equal("""{"type":"came","who":"bob","people":["ada","bob"]}""", await HearAsync(bob));
            await SayAsync(ada, "  ");
            await SayAsync(ada, " gr\u00fcn? ");
            foreach (var socket in (ClientWebSocket[])[ada, bob])
                Assert.Equal("""{"type":"said","who":"ada","text":"gr\u00FCn?"}""", await HearAsync(socket));
            await bob.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        }
        Assert.Equal("""{"type":"went","who":"bob","people":["ada"]}""", await HearAsync(ada));
        await SayAsync(elsewhere, "anybody?");
        Assert.Equal("""{"type":"said","who":"eve","text":"anybody?"}""", await HearAsync(elsewhere));
    }

    [Fact]
    public async Task Whoever_asks_for_something_else_is_told_so()
    {
        await using var sample = await RunningSample.StartAsync("chat.cs");
        foreach (var (target, status) in ((string, HttpStatusCode)[])
        [
            ("", HttpStatusCode.OK),
            ("rooms/tea", HttpStatusCode.BadRequest),
            ("rooms/tea?name=%20", HttpStatusCode.BadRequest),
            ("rooms/a-room-whose-name-is-much-too-long?name=ada", HttpStatusCode.BadRequest),
            ("rooms/tea?name=ada", HttpStatusCode.UpgradeRequired),
        ])
        {
            using var response = await sample.Client.GetAsync(target, TestContext.Current.CancellationToken);
            Assert.Equal((target, status), (target, response.StatusCode));
            Assert.Equal(status == HttpStatusCode.OK ? "text/html" : "text/plain", response.Content.Headers.ContentType?.MediaType);
        }
    }

    private static async Task<ClientWebSocket> EnterAsync(RunningSample sample, string room, string name)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(new Uri(sample.Address, $"rooms/{room}?name={name}")) { Scheme = "ws" }.Uri, TestContext.Current.CancellationToken);
        return socket;
    }

    private static Task SayAsync(ClientWebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

    private static async Task<string> HearAsync(ClientWebSocket socket)
    {
        byte[] buffer = new byte[1000];
        var received = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        Assert.True(received.EndOfMessage);
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }
}
