using System.Net;

namespace Millrace.Samples.Tests;

/// <summary><c>samples/subapps.cs</c>: applications below paths, with their own middleware and shared state.</summary>
public sealed class SubappsSampleTests
{
    [Fact]
    public async Task Applications_share_state_and_have_middlewares_of_their_own()
    {
        await using var sample = await RunningSample.StartAsync("subapps.cs");
        var cancel = TestContext.Current.CancellationToken;
        Assert.Equal("Welcome", await sample.Client.GetStringAsync("", cancel));
        Assert.Equal("Welcome to the shop of acme", await sample.Client.GetStringAsync("acme/shop/", cancel));
        using (var ordered = await sample.Client.PostAsync("acme/shop/order", null, cancel))
            Assert.Equal((HttpStatusCode.Created, "/acme/shop/"), (ordered.StatusCode, ordered.Headers.Location!.ToString()));
        using (var refused = await sample.Client.GetAsync("api/missing", cancel))
            Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (refused.StatusCode, Assert.Single(refused.Headers.WwwAuthenticate).Scheme));
        sample.Client.DefaultRequestHeaders.Add("Authorization", "Bearer secret");
        Assert.Equal("1", await sample.Client.GetStringAsync("api/orders", cancel));
    }
}
