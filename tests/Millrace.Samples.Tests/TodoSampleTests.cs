using System.Net;
using System.Text;

namespace Millrace.Samples.Tests;

/// <summary><c>samples/todo.cs</c>: made, listed, changed, deleted, and there after a restart; and what is wrong with a request is said.</summary>
public sealed class TodoSampleTests
{
    [Fact]
    public async Task Todos_are_made_listed_changed_and_deleted_and_survive_a_restart()
    {
        string directory = Directory.CreateTempSubdirectory("millrace-todo-").FullName;
        string file = Path.Combine(directory, "todo.db");
        try
        {
            await using (var sample = await RunningSample.StartAsync("todo.cs", file))
            {
                Assert.Equal((HttpStatusCode.Created, """{"id":1,"title":"milk","done":false}"""), await SendAsync(sample, HttpMethod.Post, "todos", """{"title":"milk"}"""));
                Assert.Equal((HttpStatusCode.Created, """{"id":2,"title":"tea","done":false}"""), await SendAsync(sample, HttpMethod.Post, "todos", """{"title":"tea"}"""));
                Assert.Equal((HttpStatusCode.OK, """{"id":1,"title":"bread","done":true}"""), await SendAsync(sample, HttpMethod.Put, "todos/1", """{"title":"bread","done":true}"""));
            }
            await using (var sample = await RunningSample.StartAsync("todo.cs", file))
            {
                Assert.Equal((HttpStatusCode.OK, """[{"id":1,"title":"bread","done":true}]"""), await SendAsync(sample, HttpMethod.Get, "todos?done=true"));
                Assert.Equal((HttpStatusCode.OK, """[{"id":2,"title":"tea","done":false}]"""), await SendAsync(sample, HttpMethod.Get, "todos?done=false"));
                Assert.Equal((HttpStatusCode.NoContent, ""), await SendAsync(sample, HttpMethod.Delete, "todos/1"));
                Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(sample, HttpMethod.Get, "todos/1")).Status);
                Assert.Equal((HttpStatusCode.OK, """{"id":2,"title":"tea","done":false}"""), await SendAsync(sample, HttpMethod.Get, "todos/2"));
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task A_wrong_request_is_told_what_is_wrong()
    {
        await using var sample = await RunningSample.StartAsync("todo.cs");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await SendAsync(sample, HttpMethod.Post, "todos", """{"title":"x"}""", "text/plain")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(sample, HttpMethod.Post, "todos", "{")).Status);
        foreach (string draft in (string[])["null", "{}", """{"title":""}""", $$"""{"title":"{{new string('x', 201)}}"}"""])
            Assert.Equal((HttpStatusCode.UnprocessableEntity, "A title has 1 to 200 characters."), await SendAsync(sample, HttpMethod.Post, "todos", draft));
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(sample, HttpMethod.Get, "todos?done=maybe")).Status);
        foreach (string unknown in (string[])["todos/7", "todos/seven", "todos/1'--"])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(sample, HttpMethod.Get, unknown)).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(sample, HttpMethod.Put, unknown, """{"title":"x"}""")).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(sample, HttpMethod.Delete, unknown)).Status);
        }
        Assert.Equal((HttpStatusCode.OK, "[]"), await SendAsync(sample, HttpMethod.Get, "todos"));
    }

    private static async Task<(HttpStatusCode Status, string Text)> SendAsync(RunningSample sample, HttpMethod method, string path, string? json = null, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, type);
        using var response = await sample.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
