namespace Millrace.Protocol.WebSockets;

/// <summary>The close code and the reason that a client gets for a fault.</summary>
internal static class WebSocketFaults
{
    private static readonly string[] Names = [.. Enum.GetNames<WebSocketFault>().Select(name => $"WebSocket{name}")];

    /// <summary>How the fault is called in metrics and the log.</summary>
    public static string Name(WebSocketFault fault) => Names[(int)fault];

    public static int Code(WebSocketFault fault) => fault switch
    {
        WebSocketFault.NotUtf8 or WebSocketFault.NotDeflate => CloseCodes.InvalidPayload,
        WebSocketFault.MessageTooLarge or WebSocketFault.TooManyFragments => CloseCodes.MessageTooBig,
        _ => CloseCodes.ProtocolError,
    };

    public static string Text(WebSocketFault fault) => fault switch
    {
        WebSocketFault.ReservedBits => "A reserved bit is set.",
        WebSocketFault.ReservedOpcode => "The opcode is reserved.",
        WebSocketFault.NotMasked => "The frames of a client are masked.",
        WebSocketFault.LengthNotMinimal => "A length is written in the fewest bytes.",
        WebSocketFault.LengthTooLong => "The length has its highest bit set.",
        WebSocketFault.ControlFragmented => "A control frame is not fragmented.",
        WebSocketFault.ControlTooLong => "A control frame has 125 bytes at most.",
        WebSocketFault.NothingToContinue => "There is no message to continue.",
        WebSocketFault.MessageInterrupted => "A message begins inside another.",
        WebSocketFault.MessageTooLarge => "The message is too large.",
        WebSocketFault.TooManyFragments => "The message has too many fragments.",
        WebSocketFault.NotUtf8 => "The text is not UTF-8.",
        WebSocketFault.NotDeflate => "The message does not decompress.",
        WebSocketFault.CloseTooShort => "A close code has two bytes.",
        WebSocketFault.CloseCode => "The close code may not be sent.",
        _ => "",
    };
}
