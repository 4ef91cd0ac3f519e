using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Millrace;

/// <summary>Millrace in a generic host: <c>builder.Services.AddMillrace(app => app.AddRoutes(Get("/", Hello)))</c>.</summary>
public static class MillraceServiceCollectionExtensions
{
    private const string Section = "Millrace";

    /// <summary>Runs an application as a hosted service. It listens when the host has started, and ends gracefully with it.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Adds the routes and whatever else the application has.</param>
    /// <remarks>The section <c>Millrace</c> of the configuration is bound to <see cref="MillraceOptions"/>. A call adds a server of its own; for a second one with other options see the overload with a name.</remarks>
    public static IServiceCollection AddMillrace(this IServiceCollection services, Action<Application> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddMillrace(Options.DefaultName, (_, app) => configure(app));
    }

    /// <summary>As <see cref="AddMillrace(IServiceCollection, Action{Application})"/>, for an application whose handlers need services of the host.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Adds the routes; the provider is that of the host: make a scope in a handler that needs scoped services.</param>
    public static IServiceCollection AddMillrace(this IServiceCollection services, Action<IServiceProvider, Application> configure) =>
        services.AddMillrace(Options.DefaultName, configure);

    /// <summary>As <see cref="AddMillrace(IServiceCollection, Action{IServiceProvider, Application})"/>, with options of its own: several servers in one host.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="name">The name of the <see cref="MillraceOptions"/>, which the section <c>Millrace:name</c> is bound to.</param>
    /// <param name="configure">Adds the routes.</param>
    public static IServiceCollection AddMillrace(this IServiceCollection services, string name, Action<IServiceProvider, Application> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<MillraceOptions>(name).BindConfiguration(name.Length == 0 ? Section : $"{Section}:{name}");
        // Not AddHostedService: that adds one of a type only.
        return services.AddSingleton<IHostedService>(provider => new ApplicationService(
            app => configure(provider, app),
            provider.GetRequiredService<IOptionsMonitor<MillraceOptions>>().Get(name),
            provider.GetRequiredService<IHostApplicationLifetime>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetService<TimeProvider>() ?? TimeProvider.System));
    }
}
