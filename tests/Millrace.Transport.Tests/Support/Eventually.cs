namespace Millrace.Transport.Tests.Support;

/// <summary>Waits for something that nothing announces. The test's own Timeout bounds it.</summary>
internal static class Eventually
{
    public static async Task TrueAsync(Func<bool> condition)
    {
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (!condition())
            await looks.WaitForNextTickAsync(TestContext.Current.CancellationToken);
    }
}
