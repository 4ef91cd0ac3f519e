#:project ../../src/Millrace/Millrace.csproj
// Pages without a template engine: the language has templates. Values pass through Html, which makes text of whatever they are.
using System.Net;
using System.Runtime.CompilerServices;
using Millrace;
using static Millrace.Web;

var app = new Application();
app.AddRoutes(Get("/{name}", request => Page($"""
    <!doctype html>
    <title>{request.Match["name"]}</title>
    <h1>Hello, {request.Match["name"]}</h1>
    """)));
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

static Response Page(Html html) => Response.Text(html.ToString(), contentType: "text/html; charset=utf-8");

/// <summary>What stands in the template stays as it is; what is put into it is encoded.</summary>
[InterpolatedStringHandler]
ref struct Html(int literalLength, int holes)
{
    private DefaultInterpolatedStringHandler _text = new(literalLength, holes);

    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    public void AppendFormatted<T>(T value) => _text.AppendLiteral(WebUtility.HtmlEncode(value?.ToString()) ?? "");

    public override string ToString() => _text.ToStringAndClear();
}
