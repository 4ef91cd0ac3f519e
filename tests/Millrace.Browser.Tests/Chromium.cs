using PuppeteerSharp;

namespace Millrace.Browser.Tests;

/// <summary>One Chromium without a window, for the tests of a class. The variable CHROMIUM names another binary than the one on the path.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private IBrowser _browser = null!;

    public async ValueTask InitializeAsync() =>
        _browser = await Puppeteer.LaunchAsync(new LaunchOptions { ExecutablePath = Find(), Headless = true, Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"] });

    public async Task<IPage> OpenAsync(Uri address)
    {
        var page = await _browser.NewPageAsync();
        await page.SetViewportAsync(new ViewPortOptions { Width = 1000, Height = 700 });
        await page.GoToAsync(address.ToString());
        return page;
    }

    public async ValueTask DisposeAsync() => await _browser.DisposeAsync();

    private static string Find() =>
        Environment.GetEnvironmentVariable("CHROMIUM")
        ?? (from directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            from name in Names
            select Path.Combine(directory, name)).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("These tests need Chromium. Install it (Debian, Ubuntu: apt-get install chromium), or name a binary by the environment variable CHROMIUM.");
}
