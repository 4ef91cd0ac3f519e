namespace Millrace.Tests.Handlers;

/// <summary>Every form a handler can be written in compiles, runs, and may fail.</summary>
public sealed class HandlerFormTests
{
    private static readonly Dictionary<string, Func<string, Route>> Forms = new()
    {
        ["a method group, synchronous"] = path => Get(path, Answer),
        ["a method group, Task"] = path => Get(path, AnswerTaskAsync),
        ["a method group, ValueTask"] = path => Get(path, AnswerValueTaskAsync),
        ["a method group, a StreamResponse"] = path => Get(path, AnswerStream),
        ["a method group, Task of a StreamResponse"] = path => Get(path, AnswerStreamTaskAsync),
        ["a lambda, synchronous"] = path => Get(path, request => Response.Text("ok")),
        ["a lambda with a body"] = path => Get(path, request => { return Response.Text("ok"); }),
        ["an async lambda"] = path => Get(path, async request => { await Task.Yield(); return Response.Text("ok"); }),
        ["an async lambda without an await"] = path => Get(path, async request => await Task.FromResult(Response.Text("ok"))),
        ["a lambda that returns a Task"] = path => Get(path, request => Task.FromResult(Response.Text("ok"))),
        ["a lambda that returns a ValueTask"] = path => Get(path, request => ValueTask.FromResult(Response.Text("ok"))),
        ["a lambda that hands on to a Task method"] = path => Get(path, request => AnswerTaskAsync(request)),
        ["a delegate"] = path => Get(path, new Func<Request, StreamResponse>(Answer)),
        ["an async delegate of a ValueTask"] = path => Get(path, new Func<Request, ValueTask<Response>>(AnswerValueTaskAsync)),
    };

    private static readonly Dictionary<string, Func<string, Route>> FailingForms = new()
    {
        ["a method group, synchronous"] = path => Get(path, Fail),
        ["a method group, Task, before the first await"] = path => Get(path, FailTask),
        ["a method group, Task, after the first await"] = path => Get(path, FailTaskAsync),
        ["a method group, ValueTask, after the first await"] = path => Get(path, FailValueTaskAsync),
        ["a lambda that throws"] = path => Get(path, request => throw new InvalidOperationException("boom")),
        ["an async lambda before the first await"] = path => Get(path, async Task<Response> (request) => throw new InvalidOperationException("boom")),
        ["an async lambda after the first await"] = path => Get(path, async Task<Response> (request) =>
        {
            await Task.Yield();
            throw new InvalidOperationException("boom");
        }),
        ["a lambda with a faulted task"] = path => Get(path, request => Task.FromException<Response>(new InvalidOperationException("boom"))),
        ["a lambda with a faulted value task"] = path => Get(path, request => ValueTask.FromException<Response>(new InvalidOperationException("boom"))),
    };

    public static TheoryData<string> FormNames => [.. Forms.Keys];

    public static TheoryData<string> FailingFormNames => [.. FailingForms.Keys];

    [Theory]
    [MemberData(nameof(FormNames))]
    public async Task A_handler_may_be_written_as(string form)
    {
        await using var server = new RunningServer(Kind.InMemory, [Forms[form]("/")]);
        var response = await server.GetAsync("/");
        Assert.Equal((200, "ok"), (response.Status, response.Text));
    }

    [Theory]
    [MemberData(nameof(FailingFormNames))]
    public async Task An_exception_is_answered_500_whatever_the_form(string form)
    {
        await using var server = new RunningServer(Kind.InMemory, [FailingForms[form]("/")]);
        Assert.Equal(500, (await server.GetAsync("/")).Status);
        Assert.Equal("boom", server.Log.TakeOne().Exception!.Message);
    }

    public static TheoryData<string, string> MethodsAndForms =>
        new MatrixTheoryData<string, string>(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "PURGE"], ["sync", "task", "valuetask"]);

    [Theory]
    [MemberData(nameof(MethodsAndForms))]
    public async Task Each_method_takes_each_form(string method, string form)
    {
        await using var server = new RunningServer(Kind.InMemory, [RouteOf(method, form)]);
        var response = await server.AskAsync($"{method} / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal((200, "2"), (response.Status, response["Content-Length"]));
    }

    private static Route RouteOf(string method, string form) => (method, form) switch
    {
        ("GET", "sync") => Get("/", Answer),
        ("GET", "task") => Get("/", AnswerTaskAsync),
        ("GET", _) => Get("/", AnswerValueTaskAsync),
        ("POST", "sync") => Post("/", Answer),
        ("POST", "task") => Post("/", AnswerTaskAsync),
        ("POST", _) => Post("/", AnswerValueTaskAsync),
        ("PUT", "sync") => Put("/", Answer),
        ("PUT", "task") => Put("/", AnswerTaskAsync),
        ("PUT", _) => Put("/", AnswerValueTaskAsync),
        ("PATCH", "sync") => Patch("/", Answer),
        ("PATCH", "task") => Patch("/", AnswerTaskAsync),
        ("PATCH", _) => Patch("/", AnswerValueTaskAsync),
        ("DELETE", "sync") => Delete("/", Answer),
        ("DELETE", "task") => Delete("/", AnswerTaskAsync),
        ("DELETE", _) => Delete("/", AnswerValueTaskAsync),
        ("OPTIONS", "sync") => Options("/", Answer),
        ("OPTIONS", "task") => Options("/", AnswerTaskAsync),
        ("OPTIONS", _) => Options("/", AnswerValueTaskAsync),
        ("HEAD", "sync") => Head("/", Answer),
        ("HEAD", "task") => Head("/", AnswerTaskAsync),
        ("HEAD", _) => Head("/", AnswerValueTaskAsync),
        (_, "sync") => Route(method, "/", Answer),
        (_, "task") => Route(method, "/", AnswerTaskAsync),
        _ => Route(method, "/", AnswerValueTaskAsync),
    };

    private static Response Answer(Request request) => Response.Text("ok");

    private static StreamResponse AnswerStream(Request request) => Response.Text("ok");

    private static async Task<Response> AnswerTaskAsync(Request request)
    {
        await Task.Yield();
        return Response.Text("ok");
    }

    private static async Task<StreamResponse> AnswerStreamTaskAsync(Request request)
    {
        await Task.Yield();
        return Response.Text("ok");
    }

    private static async ValueTask<Response> AnswerValueTaskAsync(Request request)
    {
        await Task.Yield();
        return Response.Text("ok");
    }

    private static Response Fail(Request request) => throw new InvalidOperationException("boom");

    private static Task<Response> FailTask(Request request) => throw new InvalidOperationException("boom");

    private static async Task<Response> FailTaskAsync(Request request)
    {
        await Task.Yield();
        throw new InvalidOperationException("boom");
    }

    private static async ValueTask<Response> FailValueTaskAsync(Request request)
    {
        await Task.Yield();
        throw new InvalidOperationException("boom");
    }
}
