using Millrace.Protocol.Semantics;

namespace Millrace.Messages;

/// <summary>A fault of the client's as the exception of its status, for handlers and middlewares that catch those.</summary>
internal static class ProtocolRefusal
{
    public static HttpException Of(ProtocolFault fault)
    {
        string text = ProtocolFaults.Text(fault);
        int status = ProtocolFaults.Status(fault);
        return status switch
        {
            400 => new HttpBadRequestException(text),
            408 => new HttpRequestTimeoutException(text),
            411 => new HttpLengthRequiredException(text),
            414 => new HttpUriTooLongException(text),
            417 => new HttpExpectationFailedException(text),
            431 => new HttpRequestHeaderFieldsTooLargeException(text),
            501 => new HttpNotImplementedException(text),
            503 => new HttpServiceUnavailableException(text: text),
            505 => new HttpVersionNotSupportedException(text),
            // Of 413: the class of that tells a limit of bytes, and parts are counted.
            _ => new HttpException(status, text),
        };
    }
}
