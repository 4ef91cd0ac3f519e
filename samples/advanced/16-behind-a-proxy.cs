#:project ../../src/Millrace/Millrace.csproj
// Behind a proxy the client's address, scheme and host stand in header fields. They count only if the peer is a proxy that was named.
using System.Net;
using Millrace;
using static Millrace.Web;

var app = new Application();
app.AddRoutes(Get("/", request => Response.Text($"{request.Remote} asked {request.Scheme}://{request.Host}")));
RunApp(app, new RunOptions
{
    Host = "127.0.0.1",
    Port = args is [var port, ..] ? int.Parse(port) : 8080,
    Server = new ServerOptions { Proxies = new TrustedProxies(IPNetwork.Parse("127.0.0.0/8")) { Fields = ForwardedFields.XForwarded } },
});
