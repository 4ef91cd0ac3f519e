using System.Globalization;

namespace Millrace.Benchmarks;

/// <summary>Both servers' figures of one profile, round by round.</summary>
internal sealed record Outcome(Profile Profile, IReadOnlyList<double[]> First, IReadOnlyList<double[]> Second);

/// <summary>Loads two servers in alternation. Both run all the time, but only one is loaded.</summary>
internal sealed class Comparison(Contestant first, Contestant second, string dataDirectory, Options options)
{
    /// <exception cref="ComparisonException">A server gives a wrong answer.</exception>
    public async Task ValidateAsync(CancellationToken cancellationToken)
    {
        foreach (var contestant in (Contestant[])[first, second])
        {
            await using var server = await ServerProcess.StartAsync(contestant, dataDirectory, cancellationToken);
            await new Validation(server, Catalogue.Load(dataDirectory), dataDirectory).RunAsync(cancellationToken);
            Console.Error.WriteLine($"{contestant.Name}: valid");
        }
    }

    public async Task<Outcome> MeasureAsync(Profile profile, CancellationToken cancellationToken)
    {
        Console.Error.WriteLine($"{profile.Name}: {profile.Description}");
        if (profile.NeedsFreshServer)
            return await AlternateAsync(profile, MeasureFreshAsync(first), MeasureFreshAsync(second));

        await using var firstServer = await StartWarmAsync(first);
        await using var secondServer = await StartWarmAsync(second);
        return await AlternateAsync(profile, MeasureRunning(firstServer), MeasureRunning(secondServer));

        async Task<ServerProcess> StartWarmAsync(Contestant contestant)
        {
            var server = await ServerProcess.StartAsync(contestant, dataDirectory, cancellationToken);
            try
            {
                await profile.WarmUpAsync(server, options.WarmUpSeconds, cancellationToken);
                return server;
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }
        }

        Func<Task<double[]>> MeasureRunning(ServerProcess server) => () => profile.MeasureAsync(server, options.Seconds, cancellationToken);

        Func<Task<double[]>> MeasureFreshAsync(Contestant contestant) => async () =>
        {
            await using var server = await StartWarmAsync(contestant);
            return await profile.MeasureAsync(server, options.Seconds, cancellationToken);
        };
    }

    private async Task<Outcome> AlternateAsync(Profile profile, Func<Task<double[]>> measureFirst, Func<Task<double[]>> measureSecond)
    {
        var outcome = (First: new List<double[]>(), Second: new List<double[]>());
        for (int round = 0; round < options.Rounds; round++)
        {
            outcome.First.Add(await measureFirst());
            Tell(first, profile, outcome.First[^1]);
            outcome.Second.Add(await measureSecond());
            Tell(second, profile, outcome.Second[^1]);
        }
        return new Outcome(profile, outcome.First, outcome.Second);
    }

    private static void Tell(Contestant contestant, Profile profile, double[] figures) =>
        Console.Error.WriteLine($"  {contestant.Name,-10}" + string.Join(" · ", profile.Metrics.Zip(figures, (metric, figure) =>
            $"{metric.Name} {figure.ToString(metric.Format, CultureInfo.InvariantCulture)}")));
}
