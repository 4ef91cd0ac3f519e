using System.Net;

namespace Millrace.Samples.Tests;

/// <summary><c>samples/middleware.cs</c>: what each middleware of the tour does.</summary>
public sealed class MiddlewareSampleTests
{
    [Fact]
    public async Task Each_does_its_part()
    {
        await using var sample = await RunningSample.StartAsync("middleware.cs");
        foreach (var (target, status, text) in ((string, HttpStatusCode, string)[])
        [
            ("hello/ada/?user=bob", HttpStatusCode.OK, "Hello, ada, from bob"),
            ("hello//ada", HttpStatusCode.OK, "Hello, ada, from nobody"),
            ("admin", HttpStatusCode.Forbidden, "Not for you: this is for root."),
            ("admin?user=root", HttpStatusCode.OK, "secrets"),
            ("nowhere", HttpStatusCode.NotFound, "There is nothing here."),
            ("old/ada?user=bob", HttpStatusCode.OK, "Hello, ada, from bob"),
        ])
        {
            using var response = await sample.Client.GetAsync(target, TestContext.Current.CancellationToken);
            Assert.Equal((target, status, text), (target, response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
            Assert.StartsWith("app;dur=", Assert.Single(response.Headers.GetValues("Server-Timing")), StringComparison.Ordinal);
        }
    }
}
