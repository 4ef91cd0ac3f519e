using System.Net.Security;
using System.Security.Authentication;

namespace Millrace.Tests.Tls;

/// <summary>A client that comes again leaves out most of the handshake, except where it is asked who it is.</summary>
public sealed class TlsResumptionTests
{
    // What varies from one full handshake to the next: the lengths of signatures.
    private const int Variation = 16;

    private const int CertificateBytesLeast = 300;

    // .NET shares the keys of sessions between all servers with one certificate.
    private static TlsCertificate Fresh() => TlsCertificate.From(TestCertificates.Issue("localhost"));

    public static TheoryData<Kind, SslProtocols> KindsAndProtocols => TlsTests.KindsAndProtocols;

    [Theory]
    [MemberData(nameof(KindsAndProtocols))]
    public async Task A_client_that_comes_again_is_not_shown_the_certificate_again(Kind kind, SslProtocols protocol)
    {
        var (first, again) = await TwiceAsync(kind, protocol, new TlsOptions { Certificate = Fresh() });
        Assert.InRange(again, 1, first - CertificateBytesLeast);
    }

    [Theory]
    [MemberData(nameof(KindsAndProtocols))]
    public async Task Without_resumption_each_handshake_is_a_whole_one(Kind kind, SslProtocols protocol)
    {
        var (first, again) = await TwiceAsync(kind, protocol, new TlsOptions { Certificate = Fresh(), SessionResumption = false });
        Assert.InRange(again, first - Variation, first + Variation);
    }

    [Theory]
    [MemberData(nameof(KindsAndProtocols))]
    public async Task Where_clients_are_asked_for_certificates_each_handshake_is_a_whole_one(Kind kind, SslProtocols protocol)
    {
        var (first, again) = await TwiceAsync(kind, protocol, new TlsOptions { Certificate = Fresh(), ClientCertificates = ClientCertificateMode.Allowed });
        Assert.InRange(again, first - Variation, first + Variation);
    }

    /// <summary>How many bytes the server sent for the handshake of a first connection and of a second.</summary>
    private static async Task<(int First, int Again)> TwiceAsync(Kind kind, SslProtocols protocol, TlsOptions tls)
    {
        await using var server = new RunningServer(kind, [Get("/", request => Response.Text($"{request.Tls!.Protocol}"))], tls: tls);
        return (await ConnectAsync(), await ConnectAsync());

        async Task<int> ConnectAsync()
        {
            using var client = await server.ConnectAsync();
            RecordsSeen? records = null;
            var options = TestCertificates.Client(protocols: protocol);
            options.ApplicationProtocols = [SslApplicationProtocol.Http11];
            await client.SecureAsync(options, stream => records = new RecordsSeen(stream));
            int bytes = records!.Bytes;
            // The ticket of TLS 1.3 stands before the answer.
            Assert.Equal($"{protocol}", (await client.AskForAsync("/")).Text);
            return bytes;
        }
    }
}
