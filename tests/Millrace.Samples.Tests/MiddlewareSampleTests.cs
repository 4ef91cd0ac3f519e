using System.Net;

namespace Millrace.Samples.Tests;

/// <summary><c>samples/middleware.cs</c>: what each middleware of the tour does.</summary>
public sealed class MiddlewareSampleTests
{
    [Theory]
    [InlineData("hello/ada/?user=bob", HttpStatusCode.OK, "Hello, ada, from bob")]
    [InlineData("hello//ada", HttpStatusCode.OK, "Hello, ada, from nobody")]
    [InlineData("admin", HttpStatusCode.Forbidden, "Not for you: this is for root.")]
    [InlineData("admin?user=root", HttpStatusCode.OK, "secrets")]
    [InlineData("nowhere", HttpStatusCode.NotFound, "There is nothing here.")]
    [InlineData("old/ada?user=bob", HttpStatusCode.OK, "Hello, ada, from bob")]
    public async Task Each_does_its_part(string target, HttpStatusCode status, string text)
    {
        await using var sample = await RunningSample.StartAsync("middleware.cs");
        using var response = await sample.Client.GetAsync(target, TestContext.Current.CancellationToken);
        Assert.Equal((status, text), (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.StartsWith("app;dur=", Assert.Single(response.Headers.GetValues("Server-Timing")), StringComparison.Ordinal);
    }
}
