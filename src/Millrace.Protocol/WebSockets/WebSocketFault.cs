namespace Millrace.Protocol.WebSockets;

/// <summary>How a client may break the protocol; <see cref="WebSocketFaults"/> says with which code the connection fails.</summary>
internal enum WebSocketFault : byte
{
    None,
    ReservedBits,
    ReservedOpcode,
    NotMasked,
    LengthNotMinimal,
    LengthTooLong,
    ControlFragmented,
    ControlTooLong,
    NothingToContinue,
    MessageInterrupted,
    MessageTooLarge,
    TooManyFragments,
    NotUtf8,
    NotDeflate,
    CloseTooShort,
    CloseCode,
}
