using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Http1;

/// <summary>Takes a request line that is there as a whole and without a flaw, at vector speed. All else it leaves to <see cref="RequestLineScanner"/>.</summary>
internal static class RequestLineParser
{
    private const int VersionWithSpaceAndEnd = 11;

    /// <summary>
    /// Whether a whole, well-formed line within the limits begins at <paramref name="start"/>; then <paramref name="next"/> stands
    /// behind it and <paramref name="fault"/> tells whether its parts fit each other.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> message, int start, Http1Limits limits, RawRequestMessage head, out int next, out ProtocolFault fault)
    {
        next = start;
        fault = ProtocolFault.None;
        var line = message[start..];
        var methodLength = MethodLength(line);
        if (methodLength <= 0)
            return false;

        var rest = line[(methodLength + 1)..];
        var targetLength = rest.IndexOfAnyExcept(AsciiSets.Target);
        if (targetLength <= 0 || rest.Length < targetLength + VersionWithSpaceAndEnd)
            return false;
        var version = rest.Slice(targetLength, VersionWithSpaceAndEnd);
        if (version.SequenceEqual(" HTTP/1.1\r\n"u8))
            head.MinorVersion = 1;
        else if (version.SequenceEqual(" HTTP/1.0\r\n"u8))
            head.MinorVersion = 0;
        else
            return false;

        next = start + methodLength + 1 + targetLength + VersionWithSpaceAndEnd;
        if (next - start > limits.RequestLineBytesMax || next > limits.HeadBytesMax)
            return false;
        var method = Methods.Find(line[..methodLength]);
        if (method == KnownMethod.Other && !AsciiSets.IsToken(line[..methodLength]))
            return false;

        head.Method = method;
        head.MethodStart = start;
        head.MethodLength = methodLength;
        if (RequestTargetSyntax.TryParse(message, start + methodLength + 1, targetLength, method, out var target))
            head.Target = target;
        else
            fault = ProtocolFault.BadTarget;
        return true;
    }

    private static int MethodLength(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("GET "u8))
            return 3;
        return line[..Math.Min(line.Length, Methods.LengthMax + 1)].IndexOf((byte)' ');
    }
}
