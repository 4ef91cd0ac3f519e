using Millrace.Fuzz.Engine;
using Millrace.Protocol.WebSockets;

namespace Millrace.Fuzz.Targets;

/// <summary>
/// The same messages, control frames and fault however the bytes are cut; nothing behind a fault is taken; no message is larger than the limit or has more
/// fragments; a text is UTF-8 by the base library's judgement; and what is written reads back as itself.
/// </summary>
internal sealed class FramesTarget : FuzzTarget
{
    private const int MessageBytesMax = 300;
    private const int FragmentsMax = 10;

    public override string Name => "frames";

    public override int Check(byte[] input, Random cuts)
    {
        string whole = Show([input]);
        foreach (var pieces in Cuts.Of(input, cuts))
            Invariant.Same(whole, Show(pieces), "the frames whole and cut");
        return Hash.Of(System.Text.Encoding.Latin1.GetBytes(whole));
    }

    private static string Show(IEnumerable<byte[]> pieces)
    {
        var reader = new FrameReader(MessageBytesMax, FragmentsMax, compression: true);
        var shown = new List<string>();
        var message = new List<byte>();
        byte[] unread = [];
        foreach (byte[] piece in pieces)
        {
            unread = [.. unread, .. piece];
            while (true)
            {
                var step = reader.Read(unread, out int consumed, out int start, out int length);
                Invariant.Holds(consumed >= 0 && start >= 0 && length >= 0 && start + length <= unread.Length && consumed <= unread.Length);
                if (step == FrameStep.Fault)
                    return string.Join('\n', shown.Append(reader.Fault.ToString()));
                var payload = unread[start..(start + length)];
                unread = unread[consumed..];
                if (step == FrameStep.NeedMore)
                    break;
                Invariant.Holds(consumed > 0 || reader.IsMessageEnd);
                if (step == FrameStep.Control)
                    shown.Add($"{reader.Opcode} {Convert.ToHexString(payload)}{Close(reader.Opcode, payload)}");
                else
                    Collect(reader, message, payload, shown);
            }
        }
        return string.Join('\n', shown);
    }

    private static void Collect(in FrameReader reader, List<byte> message, byte[] payload, List<string> shown)
    {
        message.AddRange(payload);
        Invariant.Holds(message.Count <= MessageBytesMax);
        if (!reader.IsMessageEnd)
            return;
        byte[] bytes = [.. message];
        message.Clear();
        shown.Add($"{reader.Opcode} {reader.IsCompressed} {Convert.ToHexString(bytes)}");
        Invariant.Holds(reader.Opcode != Opcode.Text || reader.IsCompressed || System.Text.Unicode.Utf8.IsValid(bytes));
    }

    private static string Close(Opcode opcode, byte[] payload)
    {
        if (opcode != Opcode.Close)
            return "";
        var fault = CloseFrame.Read(payload, out var frame);
        if (fault != WebSocketFault.None)
            return $" {fault}";
        Span<byte> written = stackalloc byte[FrameReader.ControlBytesMax];
        Invariant.Holds(written[..FrameWriter.WriteClose(written, frame.Code, frame.Reason)].SequenceEqual(payload));
        return $" {frame.Code}";
    }
}
