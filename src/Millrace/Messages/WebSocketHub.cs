using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Millrace.Protocol.WebSockets;

namespace Millrace;

/// <summary>
/// Sends one message to many WebSockets, by rooms. It is made into bytes once, whoever gets it, and compressed once for those that agreed on that; sending waits for nobody: what a slow reader has not taken stands in a
/// queue of its own, and <see cref="SlowReaders"/> says what happens when that is full.
/// </summary>
/// <example>
/// <code>
/// using var membership = hub.Join("lobby", ws);
/// await foreach (var message in ws)
///     hub.Send("lobby", message.Text);
/// </code>
/// </example>
public sealed class WebSocketHub
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Room> _rooms = [];

    /// <summary>Most messages that wait for one WebSocket; default 64.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set below 1.</exception>
    public int QueuedMessagesMax
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 64;

    /// <summary>What happens to a WebSocket whose queue is full; default <see cref="SlowReaderPolicy.Close"/>.</summary>
    public SlowReaderPolicy SlowReaders { get; init; }

    /// <summary>Puts an open WebSocket into a room until the result is disposed. A room is there as long as somebody is in it.</summary>
    /// <exception cref="InvalidOperationException">The WebSocket was not opened.</exception>
    public IDisposable Join(string room, WebSocketResponse webSocket)
    {
        ArgumentNullException.ThrowIfNull(room);
        ArgumentNullException.ThrowIfNull(webSocket);
        if (!webSocket.IsOpen)
            throw new InvalidOperationException("The WebSocket is not open: call PrepareAsync(request) first.");
        var membership = new Membership(this, room, webSocket);
        lock (_lock)
        {
            if (!_rooms.TryGetValue(room, out var joined))
                _rooms.Add(room, joined = new Room());
            joined.Members.Add(membership);
            joined.Snapshot = null;
        }
        return membership;
    }

    /// <summary>The number of memberships of a room.</summary>
    public int Count(string room)
    {
        ArgumentNullException.ThrowIfNull(room);
        lock (_lock)
            return _rooms.TryGetValue(room, out var found) ? found.Members.Count : 0;
    }

    /// <summary>Sends a text to everybody in a room, but for <paramref name="except"/>; returns to how many.</summary>
    public int Send(string room, string text, WebSocketResponse? except = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Send(room, new SharedFrame(Opcode.Text, Encoding.UTF8.GetBytes(text)), except);
    }

    /// <summary>Sends a binary message to everybody in a room, but for <paramref name="except"/>; returns to how many. The bytes are copied.</summary>
    public int Send(string room, ReadOnlySpan<byte> bytes, WebSocketResponse? except = null) => Send(room, new SharedFrame(Opcode.Binary, bytes.ToArray()), except);

    /// <summary>Sends a value as a text of JSON to everybody in a room, but for <paramref name="except"/>; returns to how many.</summary>
    public int SendJson<T>(string room, T value, JsonTypeInfo<T> typeInfo, WebSocketResponse? except = null)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        return Send(room, new SharedFrame(Opcode.Text, JsonSerializer.SerializeToUtf8Bytes(value, typeInfo)), except);
    }

    private int Send(string room, SharedFrame frame, WebSocketResponse? except)
    {
        ArgumentNullException.ThrowIfNull(room);
        Membership[] members;
        lock (_lock)
        {
            if (!_rooms.TryGetValue(room, out var found))
                return 0;
            members = found.Snapshot ??= [.. found.Members];
        }
        int count = 0;
        foreach (var member in members)
        {
            if (member.WebSocket == except)
                continue;
            member.WebSocket.Post(frame, QueuedMessagesMax, SlowReaders);
            count++;
        }
        return count;
    }

    private void Leave(Membership membership)
    {
        lock (_lock)
        {
            if (!_rooms.TryGetValue(membership.Room, out var room) || !room.Members.Remove(membership))
                return;
            room.Snapshot = null;
            // Names of rooms come from clients: none outlives its members.
            if (room.Members.Count == 0)
                _rooms.Remove(membership.Room);
        }
    }

    private sealed class Room
    {
        public HashSet<Membership> Members { get; } = [];

        /// <summary>The members at the last send, until somebody comes or goes.</summary>
        public Membership[]? Snapshot { get; set; }
    }

    private sealed class Membership(WebSocketHub hub, string room, WebSocketResponse webSocket) : IDisposable
    {
        public string Room => room;

        public WebSocketResponse WebSocket => webSocket;

        public void Dispose() => hub.Leave(this);
    }
}
