using System.Net;

namespace Millrace.Samples.Tests;

/// <summary><c>samples/beside.cs</c>: the program works and its page tells of it.</summary>
public sealed class BesideSampleTests
{
    [Fact]
    public async Task The_page_tells_of_the_programs_work()
    {
        await using var sample = await RunningSample.StartAsync("beside.cs");
        using (var posted = await sample.Client.PostAsync("round", null, TestContext.Current.CancellationToken))
            Assert.Equal(HttpStatusCode.NoContent, posted.StatusCode);
        string status = await sample.Client.GetStringAsync("status", TestContext.Current.CancellationToken);
        Assert.Matches("""^\{"rounds":[1-9][0-9]*\}$""", status);
    }
}
