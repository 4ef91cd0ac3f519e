using System.Net;

namespace Millrace.Samples.Tests;

/// <summary><c>samples/upload.cs</c>: files are streamed to disk and told of.</summary>
public sealed class UploadSampleTests
{
    [Fact]
    public async Task Files_are_saved_and_told_of()
    {
        await using var sample = await RunningSample.StartAsync("upload.cs");
        Assert.Contains("multipart/form-data", await sample.Client.GetStringAsync("", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(new byte[3_000_000]), "file", "large.bin" },
            { new StringContent("a field"), "comment" },
            { new StringContent("small"), "file", "../small.txt" },
        };
        using var saved = await sample.Client.PostAsync("upload", form, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, saved.StatusCode);
        Assert.Equal("large.bin: 3000000 bytes\nsmall.txt: 5 bytes\n", await saved.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        using var empty = new MultipartFormDataContent { { new StringContent("x"), "comment" } };
        using var refused = await sample.Client.PostAsync("upload", empty, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }
}
