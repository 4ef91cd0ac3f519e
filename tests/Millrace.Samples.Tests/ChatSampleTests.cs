using System.Net;
using System.Net.WebSockets;

namespace Millrace.Samples.Tests;

/// <summary><c>samples/chat.cs</c>: who is in a room hears what is said in it. What its page does with it is shown in Millrace.Browser.Tests.</summary>
public sealed class ChatSampleTests
{
    [Fact]
    public async Task Who_is_in_a_room_hears_who_comes_what_is_said_and_who_goes()
    {
        await using var sample = await RunningSample.StartAsync("chat.cs");
        using var ada = await EnterAsync(sample, "tea", "ada");
        Assert.Equal("""{"type":"came","who":"ada","people":["ada"]}""", await ada.HearAsync());
        using var elsewhere = await EnterAsync(sample, "coffee", "eve");
        Assert.Equal("""{"type":"came","who":"eve","people":["eve"]}""", await elsewhere.HearAsync());
        using (var bob = await EnterAsync(sample, "tea", "bob"))
        {
            Assert.Equal("""{"type":"came","who":"bob","people":["ada","bob"]}""", await ada.HearAsync());
            Assert.Equal("""{"type":"came","who":"bob","people":["ada","bob"]}""", await bob.HearAsync());
            await ada.SayAsync("  ");
            await ada.SayAsync(" gr\u00fcn? ");
            foreach (var socket in (ClientWebSocket[])[ada, bob])
                Assert.Equal("""{"type":"said","who":"ada","text":"gr\u00FCn?"}""", await socket.HearAsync());
            await bob.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        }
        Assert.Equal("""{"type":"went","who":"bob","people":["ada"]}""", await ada.HearAsync());
        await elsewhere.SayAsync("anybody?");
        Assert.Equal("""{"type":"said","who":"eve","text":"anybody?"}""", await elsewhere.HearAsync());
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

    private static Task<ClientWebSocket> EnterAsync(RunningSample sample, string room, string name) => WebSockets.ConnectAsync(sample.Address, $"rooms/{room}?name={name}");
}
