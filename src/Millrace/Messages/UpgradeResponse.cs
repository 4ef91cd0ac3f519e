namespace Millrace;

/// <summary>
/// Leaves HTTP behind: after an Upgrade (RFC 9110 section 7.8) or a CONNECT (section 9.3.6) the bytes of the connection are the handler's.
/// </summary>
/// <example>
/// <code>
/// var upgrade = new UpgradeResponse("echo");
/// Stream stream = await upgrade.AcceptAsync(request);
/// await stream.CopyToAsync(stream);
/// return upgrade;
/// </code>
/// </example>
/// <remarks>The connection closes when the handler returns. No timeout of the server holds while the handler has the stream.</remarks>
public sealed class UpgradeResponse : StreamResponse
{
    private readonly string? _protocol;
    private bool _accepted;

    /// <summary>Switches to a protocol that the client offers in its Upgrade field.</summary>
    /// <param name="protocol">The protocol's name, compared without regard to case.</param>
    /// <exception cref="ArgumentException">The name has characters that may not be sent.</exception>
    public UpgradeResponse(string protocol)
    {
        ArgumentException.ThrowIfNullOrEmpty(protocol);
        Headers["Upgrade"] = protocol;
        _protocol = protocol;
    }

    /// <summary>Answers a CONNECT: the tunnel is open.</summary>
    public UpgradeResponse()
    {
    }

    /// <summary>True if the request asks for what this response offers.</summary>
    public bool CanAccept(Request request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (_protocol is null)
            return request.Method == "CONNECT";
        return request.View.Take(_protocol, static (view, protocol) => view.Head.UpgradeRequested)
            && request.Headers.GetValues("Upgrade").SelectMany(value => value.Split(',')).Any(IsProtocol);
    }

    /// <summary>Sends the head and returns the connection, beginning with the bytes that came behind the request.</summary>
    /// <exception cref="HttpException">The client did not ask for it (426; 400 where a CONNECT was expected).</exception>
    /// <exception cref="InvalidOperationException">The request has been answered already.</exception>
    /// <exception cref="IOException">The client is gone.</exception>
    public async ValueTask<Stream> AcceptAsync(Request request, CancellationToken cancellationToken = default)
    {
        if (!CanAccept(request))
            throw _protocol is null ? new HttpBadRequestException("A tunnel is opened by CONNECT.") : new HttpUpgradeRequiredException(_protocol);
        // What stands between the head and the new protocol is the request's body, and nothing of it may pass for the new protocol (CVE-2026-69243).
        await request.ReadAsync(cancellationToken).ConfigureAwait(false);
        _accepted = true;
        return await request.UpgradeAsync(this).ConfigureAwait(false);
    }

    internal bool IsAccepted => _accepted;

    /// <summary>101, or 200 for a tunnel.</summary>
    internal int WireStatus => _protocol is null ? 200 : 101;

    private bool IsProtocol(string offered) => offered.AsSpan().Trim(" \t").Equals(_protocol, StringComparison.OrdinalIgnoreCase);
}
