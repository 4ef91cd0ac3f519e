using Millrace.Hosting;

namespace Millrace;

public static partial class Web
{
    /// <summary>
    /// The whole of a program that takes its address from the command line (<c>python -m aiohttp.web</c>): <c>-H HOST</c>, <c>-P PORT</c>, <c>-U PATH</c>,
    /// <c>--help</c>; everything else is for the application. Without any, it listens on port 8080 of localhost.
    /// </summary>
    /// <param name="args">What stands behind the program's name.</param>
    /// <param name="init">Makes the application of the arguments that are left.</param>
    /// <param name="server">Transport, limits, timeouts and logging; default all of them at their defaults.</param>
    /// <returns>The exit code: 0 after a graceful end or <c>--help</c>, 1 after a second signal, 2 for a command line that makes no sense.</returns>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    public static int Main(string[] args, Func<string[], Application> init, ServerOptions? server = null)
    {
        ArgumentNullException.ThrowIfNull(init);
        return Main(args, rest => Task.FromResult(init(rest)), server);
    }

    /// <inheritdoc cref="Main(string[], Func{string[], Application}, ServerOptions?)"/>
    public static int Main(string[] args, Func<string[], Task<Application>> init, ServerOptions? server = null)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(init);
        CommandLine line;
        try
        {
            line = CommandLine.Parse(args);
        }
        catch (FormatException e)
        {
            Console.Error.WriteLine($"{CommandLine.Help}\n\nerror: {e.Message}");
            return 2;
        }
        if (line.WantsHelp)
        {
            Console.WriteLine(CommandLine.Help);
            return 0;
        }
        RunApp(_ => init(line.Rest), line.ToOptions(server));
        return Environment.ExitCode;
    }
}
