using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Millrace.Telemetry;
using Millrace.Transport;
using Millrace.Transport.Tls;

namespace Millrace.Connections;

/// <summary>The first step of an encrypted connection's flow, on every address that has the same options.</summary>
internal sealed class TlsHandshake(TlsOptions options)
{
    private long _nextLookAtFiles;

    public TlsOptions Options => options;

    /// <summary>Null when the connection is encrypted; else how it ended.</summary>
    public async ValueTask<ConnectionEnd?> MakeAsync(RequestHandler flow, TlsConnection connection)
    {
        long start = connection.Loop.Clock.Milliseconds;
        // The listener's callback has to return before anything takes time.
        await connection.Loop.YieldAsync();
        LookAtFiles(start, flow);
        flow.StartIdle(LeftSince(start, connection.Loop.Clock.Milliseconds));
        if (await WaitForGreetingAsync(flow, connection).ConfigureAwait(false) is { } end)
            return end;
        flow.ReadDeadline.Start(Wait.Handshake, LeftSince(start, connection.Loop.Clock.Milliseconds));
        connection.Put(flow.Input.Unread);
        flow.Input.Release();
        var metrics = flow.Server.Metrics;
        long? begun = metrics.MeasuresHandshakes ? flow.Server.Options.TimeProvider.GetTimestamp() : null;
        metrics.HandshakeStarted();
        var failure = await connection.SecureAsync(SelectAsync).ConfigureAwait(false);
        bool inTime = flow.ReadDeadline.Stop();
        metrics.HandshakeEnded(
            failure is null && inTime ? HttpNames.VersionOf(connection.Session.SslProtocol) : null,
            inTime ? failure?.GetType().FullName : nameof(ConnectionEnd.TlsHandshakeTimeout),
            begun is { } since ? flow.Server.Options.TimeProvider.GetElapsedTime(since) : null);
        if (failure is null && inTime)
        {
            if (options.ClientCertificates != ClientCertificateMode.None)
                connection.PeerCertificate = connection.Session.RemoteCertificate as X509Certificate2;
            return null;
        }
        if (failure is not null)
            flow.Server.Logger.HandshakeFailed(failure);
        return inTime ? ConnectionEnd.TlsHandshakeFailed : ConnectionEnd.TlsHandshakeTimeout;
    }

    /// <summary>A client that has said nothing is idle: the server need not wait for it when it stops.</summary>
    private static async ValueTask<ConnectionEnd?> WaitForGreetingAsync(RequestHandler flow, TlsConnection connection)
    {
        while (flow.Input.IsEmpty)
        {
            flow.Input.ReleaseIfEmpty();
            await connection.WaitReadableAsync().ConfigureAwait(false);
            int n = connection.TryRead(flow.Input.Free().Span);
            if (n > 0)
                flow.Input.Filled(n);
            else if (n != Connection.NothingYet)
                return n == Connection.EndOfStream ? ConnectionEnd.ClientClosed : ConnectionEnd.ClientGone;
            else if (flow.ReadDeadline.HasExpired)
                return flow.Server.IsStopping ? ConnectionEnd.ServerStopped : ConnectionEnd.TlsHandshakeTimeout;
        }
        return null;
    }

    private TimeSpan LeftSince(long start, long now) => options.HandshakeTimeout == Timeout.InfiniteTimeSpan
        ? Timeout.InfiniteTimeSpan
        : TimeSpan.FromMilliseconds(Math.Max(1, options.HandshakeTimeout.TotalMilliseconds - (now - start)));

    private ValueTask<SslServerAuthenticationOptions> SelectAsync(SslStream stream, SslClientHelloInfo hello, object? state, CancellationToken cancellationToken)
    {
        var certificate = options.Find(hello.ServerName ?? "")
            ?? throw new AuthenticationException($"There is no certificate for the host '{hello.ServerName}'.");
        var rules = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate.Context,
            EnabledSslProtocols = options.Protocols,
            ApplicationProtocols = options.ApplicationProtocols,
            // A session may come from an address with the same certificate and other rules, where the client showed nothing.
            AllowTlsResume = options.SessionResumption && options.ClientCertificates == ClientCertificateMode.None,
            AllowRenegotiation = false,
            RemoteCertificateValidationCallback = IsWelcome,
        };
        if (options.ClientCertificates != ClientCertificateMode.None)
            AskForCertificate(rules);
        return new ValueTask<SslServerAuthenticationOptions>(rules);
    }

    private void AskForCertificate(SslServerAuthenticationOptions rules)
    {
        rules.ClientCertificateRequired = true;
        // Nothing is fetched from the network on the word of somebody who is not known yet.
        rules.CertificateChainPolicy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (options.ClientCertificateRoots is { } roots)
        {
            rules.CertificateChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            rules.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        }
    }

    private bool IsWelcome(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (options.ClientCertificates == ClientCertificateMode.None)
            return true;
        if (certificate is not X509Certificate2 shown)
            return options.ClientCertificates == ClientCertificateMode.Allowed;
        return options.ValidateClientCertificate?.Invoke(shown, chain, errors) ?? errors == SslPolicyErrors.None;
    }

    /// <summary>Certificates are renewed while a server runs. A look is a call of the system for each file.</summary>
    private void LookAtFiles(long now, RequestHandler flow)
    {
        long due = Volatile.Read(ref _nextLookAtFiles);
        if (options.CertificateCheckInterval == Timeout.InfiniteTimeSpan || now < due)
            return;
        long next = now + (long)options.CertificateCheckInterval.TotalMilliseconds;
        if (Interlocked.CompareExchange(ref _nextLookAtFiles, next, due) != due)
            return;
        foreach (var certificate in options.Certificates)
        {
            try
            {
                certificate.ReloadIfChanged();
            }
            catch (Exception e)
            {
                // Half-written, or not a pair: the one before serves on.
                flow.Server.Logger.CertificateNotReloaded(certificate, e);
            }
        }
    }
}
