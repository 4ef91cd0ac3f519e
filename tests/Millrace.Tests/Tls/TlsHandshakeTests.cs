using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Millrace.Tests.Tls;

/// <summary>Who gets in, with which certificate, and how those are turned away who do not.</summary>
public sealed class TlsHandshakeTests
{
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(40);

    public static TheoryData<Kind, string> KindsAndJunk
    {
        get
        {
            var data = new TheoryData<Kind, string>();
            foreach (var kind in Kinds.All)
            {
                data.Add(kind, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                data.Add(kind, "\0\0\0\0\0\0\0\0\0\0\0\0");
                data.Add(kind, "\u0016\u0003\u0001\0\u0005aaaaa");
                data.Add(kind, "SSH-2.0-OpenSSH_9.6\r\n");
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(KindsAndJunk))]
    public async Task Plain_bytes_are_no_handshake_and_nothing_for_a_log(Kind kind, string junk)
    {
        // Row 219.
        using var metrics = new MetricRecorder();
        await using var server = Start(kind, TestCertificates.Server);
        using var client = await server.ConnectAsync();
        await client.SendAsync(junk);
        await Deadline.UntilAsync(() => metrics.Ends.Count == 1, "the end of the connection");
        Assert.Equal(["TlsHandshakeFailed"], metrics.Ends);
        Assert.All(server.Log.Lines, line => Assert.True(line.Level <= LogLevel.Debug, line.Text));
        using var other = await server.ConnectSecurelyAsync();
        await other.GetAsync("/");
        Assert.Equal(200, (await other.ReadAsync()).Status);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_client_that_only_looks_in_is_no_failure(Kind kind)
    {
        using var metrics = new MetricRecorder();
        await using var server = Start(kind, TestCertificates.Server);
        (await server.ConnectAsync()).Dispose();
        await Deadline.UntilAsync(() => metrics.Ends.Count == 1, "the end of the connection");
        Assert.Equal(["ClientClosed"], metrics.Ends);
    }

    [Theory]
    [InlineData("", 10)]
    [InlineData("\x16\x03\x01\x02\x00\x01\x00", 7)]
    public async Task A_handshake_that_takes_too_long_is_closed(string begun, int left)
    {
        var time = new FakeTimeProvider();
        using var metrics = new MetricRecorder();
        await using var server = Start(Kind.InMemory, TestCertificates.Server, new ServerOptions { TimeProvider = time });
        using var client = await server.ConnectAsync();
        time.Advance(TimeSpan.FromSeconds(10 - left));
        await client.SendAsync(begun);
        time.Advance(TimeSpan.FromSeconds(left) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, server.Server.ConnectionCount);
        // The server may still be about to set its timer.
        await Deadline.UntilAsync(() =>
        {
            time.Advance(Late);
            return server.Server.ConnectionCount == 0;
        }, "the end of the connection");
        Assert.Equal(["TlsHandshakeTimeout"], metrics.Ends);
    }

    [Fact]
    public async Task A_record_that_stays_half_does_not_outlive_the_time_to_wait_for_a_request()
    {
        var time = new FakeTimeProvider();
        using var metrics = new MetricRecorder();
        await using var server = Start(Kind.InMemory, TestCertificates.Server, new ServerOptions { TimeProvider = time });
        using var client = await server.ConnectAsync();
        CuttingStream? cutting = null;
        await client.SecureAsync(TestCertificates.Client(), stream => cutting = new CuttingStream(stream));
        await client.GetAsync("/");
        await client.ReadAsync();
        cutting!.Left = 20;
        await client.GetAsync("/");
        time.Advance(TimeSpan.FromSeconds(75) + Late);
        await client.ExpectEndAsync();
        await server.ConnectionsEndedAsync();
        Assert.Equal(["KeepAliveTimeout"], metrics.Ends);
        Assert.Equal(0, server.Rented);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_read_that_was_interrupted_goes_on_in_the_middle_of_a_record(Kind kind)
    {
        using var interrupted = new CancellationTokenSource();
        var waits = new Gate();
        await using var server = new RunningServer(kind, [Get("/", async request =>
        {
            var upgrade = new UpgradeResponse("x");
            var stream = await upgrade.AcceptAsync(request);
            byte[] buffer = new byte[100];
            var reading = stream.ReadAsync(buffer, interrupted.Token);
            await waits.PassAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reading);
            await stream.WriteAsync("again"u8.ToArray());
            int n = await stream.ReadAsync(buffer);
            await stream.WriteAsync(buffer.AsMemory(0, n));
            return upgrade;
        })], tls: TestCertificates.Server);
        using var client = await server.ConnectAsync();
        HoldingStream? holding = null;
        await client.SecureAsync(TestCertificates.Client(), stream => holding = new HoldingStream(stream));
        await client.GetAsync("/", "Connection: Upgrade\r\nUpgrade: x\r\n");
        await client.ReadHeadAsync();
        await waits.Arrived;
        await holding!.SendHalfAsync(() => client.SendAsync("one record"));
        interrupted.Cancel();
        waits.Open();
        Assert.Equal("again", System.Text.Encoding.ASCII.GetString(await client.ReadExactlyAsync(5)));
        await holding.SendRestAsync();
        Assert.Equal("one record", System.Text.Encoding.ASCII.GetString(await client.ReadExactlyAsync(10)));
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_client_without_a_common_version_is_refused(Kind kind)
    {
        await using var server = Start(kind, new TlsOptions { Certificate = TlsCertificate.From(TestCertificates.OfServer), Protocols = SslProtocols.Tls13 });
        await Assert.ThrowsAnyAsync<AuthenticationException>(() => server.ConnectSecurelyAsync(TestCertificates.Client(protocols: SslProtocols.Tls12)));
        (await server.ConnectSecurelyAsync(TestCertificates.Client(protocols: SslProtocols.Tls13))).Dispose();
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_client_that_knows_no_more_than_TLS_1_1_is_told_so(Kind kind)
    {
        using var metrics = new MetricRecorder();
        await using var server = Start(kind, TestCertificates.Server);
        using var client = await server.ConnectAsync();
        // A greeting of TLS 1.1 (RFC 4346 section 7.4.1.2): one cipher suite of ECDHE and ECDSA, no extension.
        byte[] greeting = [1, 0, 0, 41, 3, 2, .. new byte[32], 0, 0, 2, 0xC0, 0x09, 1, 0];
        await client.SendAsync((byte[])[22, 3, 1, 0, (byte)greeting.Length, .. greeting]);
        byte[] alert = await client.ReadExactlyAsync(7);
        // A fatal alert: protocol_version (RFC 5246 section 7.2).
        Assert.Equal((21, 2, 70), (alert[0], alert[5], alert[6]));
        await client.ExpectEndAsync();
        await server.ConnectionsEndedAsync();
        Assert.Equal(["TlsHandshakeFailed"], metrics.Ends);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_client_without_a_common_protocol_is_refused(Kind kind)
    {
        await using var server = Start(kind, TestCertificates.Server);
        var options = TestCertificates.Client();
        options.ApplicationProtocols = [SslApplicationProtocol.Http2];
        await Assert.ThrowsAnyAsync<AuthenticationException>(() => server.ConnectSecurelyAsync(options));
    }

    [Theory]
    [InlineData(ClientCertificateMode.Required, "client", "CN=a client")]
    [InlineData(ClientCertificateMode.Required, "none", null)]
    [InlineData(ClientCertificateMode.Required, "stranger", null)]
    [InlineData(ClientCertificateMode.Allowed, "client", "CN=a client")]
    [InlineData(ClientCertificateMode.Allowed, "none", "nobody")]
    [InlineData(ClientCertificateMode.Allowed, "stranger", null)]
    [InlineData(ClientCertificateMode.None, "client", "nobody")]
    public async Task The_certificate_of_a_client_opens_the_door_and_can_be_read(ClientCertificateMode mode, string shown, string? seen)
    {
        foreach (var kind in Kinds.All.Select(row => row.Data))
        {
            foreach (var protocol in (SslProtocols[])[SslProtocols.Tls12, SslProtocols.Tls13])
            {
                await using var server = Start(kind, new TlsOptions
                {
                    Certificate = TlsCertificate.From(TestCertificates.OfServer),
                    ClientCertificates = mode,
                    ClientCertificateRoots = [TestCertificates.Issuer],
                });
                var own = shown switch { "client" => TestCertificates.OfClient, "stranger" => TestCertificates.OfStranger, _ => null };
                // The second time a client could resume the session of the first, or of another test.
                for (int i = 0; i < 2; i++)
                    Assert.Equal(seen, await SeenAsync(server, TestCertificates.Client(own: own, protocols: protocol)));
            }
        }
    }

    [Fact]
    public async Task The_program_has_the_last_word_about_a_client()
    {
        await using var server = Start(Kind.InMemory, new TlsOptions
        {
            Certificate = TlsCertificate.From(TestCertificates.OfServer),
            ClientCertificates = ClientCertificateMode.Required,
            ValidateClientCertificate = (certificate, chain, errors) => errors == SslPolicyErrors.RemoteCertificateChainErrors && certificate.Subject == "CN=a stranger",
        });
        Assert.Equal("CN=a stranger", await SeenAsync(server, TestCertificates.Client(own: TestCertificates.OfStranger)));
        Assert.Null(await SeenAsync(server, TestCertificates.Client(own: TestCertificates.OfClient)));
    }

    [Theory]
    [InlineData("one.test", "one.test")]
    [InlineData("ONE.test", "one.test")]
    [InlineData("any.two.test", "*.two.test")]
    [InlineData("own.two.test", "own.two.test")]
    [InlineData("a.b.two.test", "localhost")]
    [InlineData("two.test", "localhost")]
    [InlineData("chosen.test", "chosen")]
    [InlineData("", "localhost")]
    public async Task The_name_a_client_asks_for_chooses_the_certificate(string host, string subject)
    {
        var chosen = TlsCertificate.From(TestCertificates.Issue("chosen"));
        await using var server = Start(Kind.InMemory, new TlsOptions
        {
            Certificate = TlsCertificate.From(TestCertificates.OfServer),
            HostCertificates = new[] { "one.test", "*.two.test", "own.two.test" }.ToDictionary(name => name, name => TlsCertificate.From(TestCertificates.Issue(name))),
            SelectCertificate = name => name == "chosen.test" ? chosen : null,
        });
        Assert.Equal($"CN={subject}", (await ShownAsync(server, host)).Subject);
    }

    [Fact]
    public async Task A_client_that_asks_for_an_unknown_host_is_refused_where_there_is_no_certificate_for_all()
    {
        await using var server = Start(Kind.InMemory, new TlsOptions { HostCertificates = new Dictionary<string, TlsCertificate> { ["localhost"] = TlsCertificate.From(TestCertificates.OfServer) } });
        await Assert.ThrowsAnyAsync<Exception>(() => ShownAsync(server, "other.test"));
        Assert.Equal("CN=localhost", (await ShownAsync(server, "localhost")).Subject);
    }

    [Fact]
    public async Task A_certificate_that_was_renewed_is_served_to_new_connections()
    {
        using var files = new PemFiles();
        files.Write(TestCertificates.OfServer);
        var time = new FakeTimeProvider();
        var tls = new TlsOptions { Certificate = TlsCertificate.FromPemFiles(files.Certificate, files.Key) };
        await using var server = Start(Kind.InMemory, tls, new ServerOptions { TimeProvider = time });
        using var old = await server.ConnectSecurelyAsync();
        var renewed = TestCertificates.Issue("localhost");
        files.Write(renewed);
        Assert.Equal(TestCertificates.OfServer.Thumbprint, (await ShownAsync(server, "localhost")).Thumbprint);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(renewed.Thumbprint, (await ShownAsync(server, "localhost")).Thumbprint);

        // At once, where the program says so.
        var third = TestCertificates.Issue("localhost");
        files.Write(third);
        tls.Reload();
        Assert.Equal(third.Thumbprint, (await ShownAsync(server, "localhost")).Thumbprint);
        await old.GetAsync("/");
        Assert.Equal(200, (await old.ReadAsync()).Status);
    }

    [Fact]
    public async Task A_renewal_that_is_no_certificate_is_complained_about_once_and_the_one_before_stays()
    {
        using var files = new PemFiles();
        files.Write(TestCertificates.OfServer);
        var time = new FakeTimeProvider();
        await using var server = Start(Kind.InMemory, new TlsOptions { Certificate = TlsCertificate.FromPemFiles(files.Certificate, files.Key) }, new ServerOptions { TimeProvider = time });
        File.WriteAllText(files.Certificate, "half");
        File.SetLastWriteTimeUtc(files.Certificate, DateTime.UnixEpoch);
        for (int i = 0; i < 3; i++)
        {
            time.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal("CN=localhost", (await ShownAsync(server, "localhost")).Subject);
        }
        Assert.Contains(files.Certificate, server.Log.TakeOne().Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_comes_from_a_PFX_file_too()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.pfx");
        try
        {
            File.WriteAllBytes(path, TestCertificates.OfServer.Export(X509ContentType.Pfx, "word"));
            Assert.Equal(TestCertificates.OfServer.Thumbprint, TlsCertificate.FromPfxFile(path, "word").Certificate.Thumbprint);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused_where_they_are_written()
    {
        using var bare = X509CertificateLoader.LoadCertificate(TestCertificates.OfServer.RawData);
        Assert.Throws<ArgumentException>(() => TlsCertificate.From(bare));
        Assert.Throws<ArgumentException>(() => new TlsOptions { Protocols = SslProtocols.None });
        // Its name may not be written.
        Assert.Throws<ArgumentException>(() => new TlsOptions { Protocols = SslProtocols.Tls12 | Enum.Parse<SslProtocols>("Tls11") });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TlsOptions { HandshakeTimeout = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TlsOptions { ClientCertificates = (ClientCertificateMode)9 });
        foreach (string host in (string[])["", "*", "a.*.test", "*test"])
            Assert.Throws<ArgumentException>(() => new TlsOptions { HostCertificates = new Dictionary<string, TlsCertificate> { [host] = TlsCertificate.From(TestCertificates.OfServer) } });
        Assert.Throws<InvalidOperationException>(new TlsOptions().Check);
    }

    private static RunningServer Start(Kind kind, TlsOptions tls, ServerOptions? options = null) =>
        new(kind, [Get("/", request => Response.Text(request.ClientCertificate?.Subject ?? "nobody"))], options, tls);

    /// <summary>What the server sees of a client's certificate; null if it lets the client not in.</summary>
    private static async Task<string?> SeenAsync(RunningServer server, SslClientAuthenticationOptions options)
    {
        try
        {
            using var client = await server.ConnectSecurelyAsync(options);
            await client.GetAsync("/");
            return (await client.TryReadAsync())?.Text;
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            // With TLS 1.3 a client learns it when it reads.
            return null;
        }
    }

    /// <summary>The certificate that the server shows.</summary>
    private static async Task<X509Certificate2> ShownAsync(RunningServer server, string host)
    {
        X509Certificate2? shown = null;
        using var client = await server.ConnectAsync();
        await client.SecureAsync(new SslClientAuthenticationOptions
        {
            TargetHost = host,
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                shown = X509CertificateLoader.LoadCertificate(certificate!.GetRawCertData());
                return !shown.HasPrivateKey;
            },
        });
        return shown!;
    }

    /// <summary>Holds back the second half of what is sent.</summary>
    private sealed class HoldingStream(Stream inner) : BetweenStream(inner)
    {
        private byte[]? _held;
        private bool _holds;

        public async Task SendHalfAsync(Func<Task> send)
        {
            _holds = true;
            await send();
            _holds = false;
        }

        public ValueTask SendRestAsync() => Inner.WriteAsync(_held);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_holds)
                return Inner.WriteAsync(buffer, cancellationToken);
            _held = buffer[(buffer.Length / 2)..].ToArray();
            return Inner.WriteAsync(buffer[..(buffer.Length / 2)], cancellationToken);
        }
    }

    private sealed class PemFiles : IDisposable
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();
        private int _writes;

        public string Certificate => Path.Combine(_directory.FullName, "cert.pem");

        public string Key => Path.Combine(_directory.FullName, "key.pem");

        public void Write(X509Certificate2 certificate)
        {
            File.WriteAllText(Certificate, certificate.ExportCertificatePem());
            File.WriteAllText(Key, certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
            // Two writes in one tick of the file system's clock would look like none.
            File.SetLastWriteTimeUtc(Certificate, DateTime.UnixEpoch.AddDays(++_writes));
        }

        public void Dispose() => _directory.Delete(recursive: true);
    }
}
