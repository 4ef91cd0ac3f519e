using System.Globalization;

namespace Millrace.Hosting;

/// <summary>The words behind a program's name, as <c>python -m aiohttp.web</c> takes them.</summary>
internal sealed record CommandLine(string? Host, int? Port, string? Path, string[] Rest)
{
    public const string Help = """
        Usage: [-H HOST] [-P PORT] [-U PATH] [arguments of the application]

          -H, --hostname HOST   host name or address to listen on (default: localhost)
          -P, --port PORT       port to listen on (default: 8080)
          -U, --path PATH       Unix socket to listen on; with -H both are listened on
          -h, --help            this text
        """;

    /// <summary>Whether the text above is asked for and nothing else.</summary>
    public bool WantsHelp { get; private init; }

    /// <exception cref="FormatException">An option is unknown, or its value is missing or makes no sense.</exception>
    public static CommandLine Parse(string[] args)
    {
        var line = new CommandLine(null, null, null, []);
        for (int i = 0; i < args.Length; i++)
        {
            string name = args[i];
            if (name == "--")
                return line with { Rest = [.. line.Rest, .. args[(i + 1)..]] };
            string? value = null;
            if (name.StartsWith("--", StringComparison.Ordinal) && name.IndexOf('=') is > 0 and var at)
                (name, value) = (name[..at], name[(at + 1)..]);
            line = name switch
            {
                "-h" or "--help" => line with { WantsHelp = true },
                "-H" or "--hostname" => line with { Host = value ?? Next(args, ref i) },
                "-P" or "--port" => line with { Port = PortOf(value ?? Next(args, ref i)) },
                "-U" or "--path" => line with { Path = value ?? Next(args, ref i) },
                ['-', _, ..] => throw new FormatException($"unrecognized option: {name} (what the application is to get stands behind --)"),
                _ => line with { Rest = [.. line.Rest, name] },
            };
        }
        return line;
    }

    public RunOptions ToOptions(ServerOptions? server)
    {
        // A path alone is listened on alone.
        string? host = Host ?? (Path is null || Port is not null ? "localhost" : null);
        string[] paths = Path is null ? [] : [Path];
        return new RunOptions { Host = host, Port = Port, Paths = paths, Server = server };
    }

    private static string Next(string[] args, ref int i) =>
        i + 1 < args.Length && args[i + 1].Length > 0 ? args[++i] : throw new FormatException($"option {args[i]} wants a value");

    private static int PortOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= 65535 ? port : throw new FormatException($"'{text}' is no port: 0 to 65535");
}
