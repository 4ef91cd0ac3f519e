using System.Net;

namespace Millrace.Samples.Tests;

/// <summary><c>samples/static.cs</c>: a directory as a site.</summary>
public sealed class StaticSampleTests
{
    [Fact]
    public async Task The_site_answers_with_its_pages()
    {
        string directory = Directory.CreateTempSubdirectory("millrace-site-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(directory, "index.html"), "<p>start</p>", TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(directory, "site.css"), "p { color: red }", TestContext.Current.CancellationToken);
            await using var sample = await RunningSample.StartAsync("static.cs", directory);
            Assert.Equal("<p>start</p>", await sample.Client.GetStringAsync("", TestContext.Current.CancellationToken));
            using var style = await sample.Client.GetAsync("site.css", TestContext.Current.CancellationToken);
            Assert.Equal("text/css", style.Content.Headers.ContentType?.MediaType);
            using var missing = await sample.Client.GetAsync("missing.css", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
