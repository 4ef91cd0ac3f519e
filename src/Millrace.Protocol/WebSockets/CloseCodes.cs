namespace Millrace.Protocol.WebSockets;

/// <summary>Why a WebSocket was closed (RFC 6455 section 7.4).</summary>
internal static class CloseCodes
{
    public const int Normal = 1000;
    public const int GoingAway = 1001;
    public const int ProtocolError = 1002;
    public const int UnsupportedData = 1003;

    /// <summary>Never on the wire: the close frame had no code.</summary>
    public const int None = 1005;

    /// <summary>Never on the wire: the connection ended without a close frame.</summary>
    public const int Abnormal = 1006;

    public const int InvalidPayload = 1007;
    public const int MessageTooBig = 1009;
    public const int InternalError = 1011;
    public const int TryAgainLater = 1013;

    /// <summary>True for a code that may stand in a close frame.</summary>
    public static bool MayBeSent(int code) => code is >= 1000 and <= 1003 or >= 1007 and <= 1014 or >= 3000 and <= 4999;
}
