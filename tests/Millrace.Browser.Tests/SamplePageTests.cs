using Millrace.Repository.Tests.Support;
using Millrace.Samples.Tests;
using PuppeteerSharp;

namespace Millrace.Browser.Tests;

/// <summary>The pages of the samples in a browser, and what they do when the server is restarted under them.</summary>
public sealed class SamplePageTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly WaitForFunctionOptions Patience = new() { PollingInterval = 20, Timeout = 20_000 };

    [Fact]
    public async Task Two_pages_chat_and_come_back_when_the_server_was_killed_and_started_again()
    {
        await using var server = await RunningSample.StartAsync("chat.cs");
        await using var ada = await chromium.OpenAsync(server.Address);
        await ada.TypeAsync("#door [name=name]", "ada");
        await ada.FocusAsync("#door [name=room]");
        await ada.Keyboard.PressAsync("End");
        await ada.Keyboard.TypeAsync(" tea");
        await ada.ClickAsync("#door button");
        await using var bob = await chromium.OpenAsync(new Uri(server.Address, "?name=bob&room=lobby+tea"));
        await ChatAsync(ada, bob, "Is the kettle on?", "It has been for <b>hours</b>.");

        await server.KillAsync();
        await UntilAsync(ada, "() => document.body.dataset.state !== 'open'");
        await UntilAsync(bob, "() => document.body.dataset.state !== 'open'");
        await ada.TypeAsync("#say [name=text]", "Are you");
        await ada.Keyboard.PressAsync("Enter");

        await using var next = await RunningSample.StartAsync("chat.cs", server.Port);
        await ChatAsync(ada, bob, " still there?", "I am again.", heard: "Are you still there?");
        await ada.ScreenshotAsync(Path.Combine(Directory.CreateDirectory(Checkout.FullPath("artifacts/screenshots")).FullName, "chat.png"));
        Assert.Equal(0, await ada.EvaluateExpressionAsync<int>("document.querySelectorAll('#log li b b').length"));
    }

    [Fact]
    public async Task The_ticker_goes_on_after_a_restart_without_a_tick_missing()
    {
        await using var server = await RunningSample.StartAsync("ticker.cs");
        await using var page = await chromium.OpenAsync(server.Address);
        await UntilAsync(page, "() => document.getElementById('seen').textContent >= 3");

        await server.DisposeAsync();
        await UntilAsync(page, "() => document.body.dataset.state === 'waiting'");
        long last = await NumberAsync(page);

        await using var next = await RunningSample.StartAsync("ticker.cs", server.Port);
        await UntilAsync(page, $"() => document.body.dataset.state === 'open' && document.getElementById('number').textContent >= {last + 3}");
        Assert.Equal(0, await page.EvaluateExpressionAsync<int>("+document.getElementById('missed').textContent"));
    }

    /// <summary>Both are in the room; the first says something, the second answers, and both see it.</summary>
    private static async Task ChatAsync(IPage ada, IPage bob, string question, string answer, string? heard = null)
    {
        foreach (var page in (IPage[])[ada, bob])
            await UntilAsync(page, "() => document.body.dataset.state === 'open' && document.querySelectorAll('#people li').length === 2");
        await ada.TypeAsync("#say [name=text]", question);
        await ada.Keyboard.PressAsync("Enter");
        await HearsAsync(bob, "ada", heard ?? question);
        await bob.TypeAsync("#say [name=text]", answer);
        await bob.Keyboard.PressAsync("Enter");
        await HearsAsync(ada, "bob", answer);
    }

    private static Task HearsAsync(IPage page, string who, string text) => UntilAsync(
        page, "(who, text) => [...document.querySelectorAll('#log li')].some(li => li.querySelector('b')?.textContent === who && li.lastChild.textContent === text)", who, text);

    private static async Task UntilAsync(IPage page, string condition, params object[] arguments)
    {
        try
        {
            await page.WaitForFunctionAsync(condition, Patience, arguments);
        }
        catch (WaitTaskTimeoutException)
        {
            Assert.Fail($"The page at {page.Url} never met {condition}. It says: {await page.EvaluateExpressionAsync<string>("document.body.dataset.state + '\\n' + document.body.innerText")}");
        }
    }

    private static Task<long> NumberAsync(IPage page) => page.EvaluateExpressionAsync<long>("+document.getElementById('number').textContent");
}
