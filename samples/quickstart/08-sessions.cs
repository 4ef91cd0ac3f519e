#:project ../../src/Millrace/Millrace.csproj
// What a session is made of: a cookie that the browser sends back and only this server can have written, and a middleware that reads and writes it.
using System.Security.Cryptography;
using System.Text;
using Millrace;
using static Millrace.Web;

const string CookieName = "visits";
// A server that is to know its cookies after a restart keeps its key.
byte[] key = RandomNumberGenerator.GetBytes(32);
var visits = new RequestKey<int>("visits");

var app = new Application { Middlewares = { CountVisits } };
app.AddRoutes(Get("/", request => Response.Text($"visit {request.Get(visits)}")));
RunApp(app, new RunOptions { Port = args is [var port, ..] ? int.Parse(port) : 8080 });

async ValueTask<StreamResponse> CountVisits(Request request, Handler next)
{
    int count = 1 + (request.Cookies.TryGetValue(CookieName, out string? cookie) ? Read(cookie) : 0);
    request.Set(visits, count);
    var response = await next(request);
    response.SetCookie(new ResponseCookie(CookieName, Sign($"{count}")) { HttpOnly = true, SameSite = SameSite.Lax });
    return response;
}

string Sign(string value) => $"{value}.{Convert.ToHexString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(value)))}";

int Read(string cookie)
{
    string value = cookie.Split('.')[0];
    bool isOurs = CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(cookie), Encoding.UTF8.GetBytes(Sign(value)));
    return isOurs ? int.Parse(value) : 0;
}
