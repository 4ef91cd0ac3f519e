using System.Net.WebSockets;

namespace Millrace.Samples.Tests;

/// <summary><c>samples/Echo</c>: what a WebSocket suite asks of its <c>/ws</c>.</summary>
public sealed class EchoSampleTests
{
    private const int MessageBytesMax = 16 * 1024 * 1024;

    [Fact]
    public async Task Messages_come_back_compressed_or_not_up_to_16_MB()
    {
        await using var sample = await RunningSample.StartProjectAsync("Echo", "0");
        foreach (bool isCompressed in new[] { false, true })
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            using var socket = new ClientWebSocket();
            socket.Options.DangerousDeflateOptions = isCompressed ? new WebSocketDeflateOptions() : null;
            socket.Options.CollectHttpResponseDetails = true;
            await socket.ConnectAsync(new UriBuilder(sample.Address) { Scheme = "ws", Path = "/ws" }.Uri, limit.Token);
            Assert.Equal(isCompressed ? ["permessage-deflate"] : null, socket.HttpResponseHeaders!.GetValueOrDefault("Sec-WebSocket-Extensions"));
            byte[] content = new byte[MessageBytesMax];
            new Random(1).NextBytes(content.AsSpan(0, 100_000));
            byte[] received = new byte[MessageBytesMax];
            var sending = socket.SendAsync(content.AsMemory(), WebSocketMessageType.Binary, endOfMessage: true, limit.Token);
            int count = 0;
            ValueWebSocketReceiveResult result;
            do
                count += (result = await socket.ReceiveAsync(received.AsMemory(count), limit.Token)).Count;
            while (!result.EndOfMessage);
            await sending;
            Assert.True(content.AsSpan().SequenceEqual(received.AsSpan(0, count)));
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
        }
    }
}
