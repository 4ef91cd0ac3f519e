using System.Text;
using Millrace.Protocol.Semantics;

namespace Millrace.Protocol.Http1;

/// <summary>
/// What the fields of one request mean for its framing and its connection, and which of them contradict each other. Every
/// contradiction about where a message ends or whom it is for is refused: a proxy in front may have resolved it the other way.
/// </summary>
internal struct RequestRules
{
    private bool _close;
    private bool _keepAlive;
    private bool _upgrade;
    private bool _expectsContinue;
    private TransferCodings _codings;

    /// <summary>Judges a field before it joins the table of <paramref name="head"/>.</summary>
    public ProtocolFault Accept(ReadOnlySpan<byte> message, FieldSlice field, RawRequestMessage head)
    {
        var value = field.Value(message);
        switch (field.Known)
        {
            case KnownField.Host:
                return AcceptHost(value, head);
            case KnownField.ContentLength:
                return AcceptContentLength(value, head);
            case KnownField.TransferEncoding:
                return AcceptTransferEncoding(value, head);
            case KnownField.Connection:
                AcceptConnection(value);
                return ProtocolFault.None;
            case KnownField.Expect:
                return AcceptExpect(value, head);
            default:
                return ProtocolFault.None;
        }
    }

    /// <summary>Judges the head as a whole and settles what follows from it.</summary>
    public readonly ProtocolFault Conclude(ReadOnlySpan<byte> message, RawRequestMessage head)
    {
        var fault = _codings.Conclude();
        if (fault == ProtocolFault.None)
            fault = CheckHost(message, head);
        if (fault != ProtocolFault.None)
            return fault;
        var hasContent = head.Framing == BodyFraming.Chunked || head.ContentLength > 0;
        // RFC 9110 9.3.8: TRACE carries no content; 9.3.6: what follows CONNECT belongs to the tunnel, whatever a length says.
        if (hasContent && head.Method is (KnownMethod.Trace or KnownMethod.Connect))
            return ProtocolFault.BodyNotAllowed;

        // RFC 9112 9.3: persistent by default in 1.1, on request in 1.0, never after "close".
        head.KeepAlive = !_close && (head.MinorVersion == 1 || _keepAlive);
        head.ExpectContinue = _expectsContinue && hasContent;
        // RFC 9110 7.8: an Upgrade that Connection does not name, or in HTTP/1.0, is ignored.
        head.UpgradeRequested = _upgrade && head.MinorVersion == 1 && head.Contains(KnownField.Upgrade);
        return ProtocolFault.None;
    }

    // RFC 9112 3.2: one Host, and a valid one. An empty one would be for targets without an authority; http has none such.
    private static ProtocolFault AcceptHost(ReadOnlySpan<byte> value, RawRequestMessage head)
    {
        if (head.Contains(KnownField.Host))
            return ProtocolFault.SeveralHosts;
        return HostSyntax.TryParse(value, out _, out _) ? ProtocolFault.None : ProtocolFault.BadHost;
    }

    // RFC 9112 6.3 lets equal duplicates pass as one; 6.1 forbids the company of Transfer-Encoding. Neither happens by honest means.
    private static ProtocolFault AcceptContentLength(ReadOnlySpan<byte> value, RawRequestMessage head)
    {
        if (head.Contains(KnownField.ContentLength))
            return ProtocolFault.SeveralContentLengths;
        if (head.Contains(KnownField.TransferEncoding))
            return ProtocolFault.LengthAndTransferEncoding;
        if (!TryLength(value, out var length))
            return ProtocolFault.BadContentLength;
        head.Framing = BodyFraming.Length;
        head.ContentLength = length;
        return ProtocolFault.None;
    }

    private ProtocolFault AcceptTransferEncoding(ReadOnlySpan<byte> value, RawRequestMessage head)
    {
        // RFC 9112 6.1: Transfer-Encoding in an HTTP/1.0 message means faulty framing.
        if (head.MinorVersion == 0)
            return ProtocolFault.TransferEncodingInHttp10;
        if (head.Contains(KnownField.ContentLength))
            return ProtocolFault.LengthAndTransferEncoding;
        head.Framing = BodyFraming.Chunked;
        return _codings.Accept(value);
    }

    private void AcceptConnection(ReadOnlySpan<byte> value)
    {
        var options = new CommaList(value);
        while (options.TryNext(out var option))
        {
            switch (option.Length)
            {
                case 5:
                    _close |= Ascii.EqualsIgnoreCase(option, "close"u8);
                    break;
                case 7:
                    _upgrade |= Ascii.EqualsIgnoreCase(option, "upgrade"u8);
                    break;
                case 10:
                    _keepAlive |= Ascii.EqualsIgnoreCase(option, "keep-alive"u8);
                    break;
            }
        }
    }

    // RFC 9110 10.1.1: ignored in HTTP/1.0; an expectation that cannot be met is answered 417.
    private ProtocolFault AcceptExpect(ReadOnlySpan<byte> value, RawRequestMessage head)
    {
        if (head.MinorVersion == 0)
            return ProtocolFault.None;
        _expectsContinue = true;
        return Ascii.EqualsIgnoreCase(value, "100-continue"u8) ? ProtocolFault.None : ProtocolFault.ExpectationFailed;
    }

    private static ProtocolFault CheckHost(ReadOnlySpan<byte> message, RawRequestMessage head)
    {
        if (!head.Contains(KnownField.Host))
            return head.MinorVersion == 1 ? ProtocolFault.MissingHost : ProtocolFault.None;
        if (head.Target.Form is TargetForm.Origin or TargetForm.Asterisk)
            return ProtocolFault.None;

        // RFC 9112 3.2.2 has the target win over a Host that differs. No client sends such a pair (3.2: Host is identical to
        // the authority), but routing attacks on caches and proxies do, so it is refused as Kestrel refuses it.
        var authority = head.Target.Authority(message);
        var defaultPort = head.Target.IsHttps ? 443 : 80;
        // CONNECT always names its port; a Host without one leaves it at that.
        if (head.Target.Form == TargetForm.Authority && !HostSyntax.TryParse(authority, out _, out defaultPort))
            return ProtocolFault.BadTarget;
        var host = head.Value(message, KnownField.Host);
        return HostSyntax.SameAuthority(authority, host, defaultPort) ? ProtocolFault.None : ProtocolFault.HostMismatch;
    }

    // RFC 9110 8.6: 1*DIGIT, and a recipient must not be fooled by a number that overflows its type.
    private static bool TryLength(ReadOnlySpan<byte> digits, out long length)
    {
        length = 0;
        foreach (var digit in digits)
        {
            var value = digit - '0';
            if ((uint)value > 9 || length > (long.MaxValue - value) / 10)
                return false;
            length = (length * 10) + value;
        }

        return digits.Length > 0;
    }
}
