using System.Net.WebSockets;
using System.Text;

namespace Millrace.Samples.Tests;

/// <summary>A client's side of WebSockets, as far as the samples need it.</summary>
internal static class WebSockets
{
    /// <param name="address">Where a sample listens.</param>
    /// <param name="target">The path and the query behind it.</param>
    public static async Task<ClientWebSocket> ConnectAsync(Uri address, string target)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(new Uri(address, target)) { Scheme = "ws" }.Uri, TestContext.Current.CancellationToken);
        return socket;
    }

    public static Task SayAsync(this ClientWebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

    /// <summary>The next message, which is a short text; empty for a close.</summary>
    public static async Task<string> HearAsync(this ClientWebSocket socket)
    {
        byte[] buffer = new byte[1000];
        var received = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        Assert.True(received.EndOfMessage);
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }
}
