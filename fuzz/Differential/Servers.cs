using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Millrace.Fuzz.Engine;
using Millrace.Transport;
using Millrace.Transport.Epoll;

namespace Millrace.Differential;

/// <summary>Both servers on loopback with one handler: it answers with the method, the length of the body and the target as it was sent.</summary>
internal sealed class Servers : IAsyncDisposable
{
    public const string BodyLengthField = "X-Body-Length";
    private const int BodyBytesMax = 1024 * 1024;
    private const int Success = 200;

    // A success of CONNECT would open a tunnel, which has no framing.
    private const int NoTunnel = 405;

    private readonly Server _ours;
    private readonly WebApplication _theirs;

    private Servers(Server ours, WebApplication theirs, IPEndPoint oursAt, IPEndPoint theirsAt)
    {
        _ours = ours;
        _theirs = theirs;
        Ours = oursAt;
        Theirs = theirsAt;
    }

    public IPEndPoint Ours { get; }

    public IPEndPoint Theirs { get; }

    public static async Task<Servers> StartAsync()
    {
        var ours = new Server(AnswerOursAsync, new ServerOptions(), new EpollTransport(new TransportOptions()), NullLoggerFactory.Instance);
        var oursAt = (IPEndPoint)ours.Listen(new IPEndPoint(IPAddress.Loopback, 0), new Transport.ListenOptions());

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = BodyBytesMax;
            options.Limits.MinRequestBodyDataRate = null;
            options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var theirs = builder.Build();
        theirs.Run(AnswerTheirsAsync);
        await theirs.StartAsync();
        string address = theirs.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
        return new Servers(ours, theirs, oursAt, new IPEndPoint(IPAddress.Loopback, new Uri(address).Port));
    }

    public async ValueTask DisposeAsync()
    {
        await _ours.StopAsync(TimeSpan.FromSeconds(1));
        await _ours.DisposeAsync();
        await _theirs.DisposeAsync();
    }

    private static async ValueTask<StreamResponse> AnswerOursAsync(Request request)
    {
        var body = await request.ReadAsync();
        var response = Response.Bytes(Encoding.Latin1.GetBytes(request.RawTarget), request.Method == "CONNECT" ? NoTunnel : Success);
        response.Headers[ResponseParser.MethodField] = request.Method;
        response.Headers[BodyLengthField] = body.Length.ToString(CultureInfo.InvariantCulture);
        return response;
    }

    private static async Task AnswerTheirsAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        byte[] target = Encoding.Latin1.GetBytes(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        context.Response.StatusCode = context.Request.Method == "CONNECT" ? NoTunnel : Success;
        context.Response.Headers[ResponseParser.MethodField] = context.Request.Method;
        context.Response.Headers[BodyLengthField] = body.Length.ToString(CultureInfo.InvariantCulture);
        context.Response.ContentLength = target.Length;
        if (context.Request.Method != "HEAD")
            await context.Response.Body.WriteAsync(target);
    }
}
