using System.Globalization;

namespace Millrace.Fuzz;

/// <summary>The command line.</summary>
internal sealed record Options(string? Target, int Seconds, int Seed, string? Replay)
{
    public const string Usage = "usage: [--target NAME] [--seconds N] [--seed S] [--replay FILE, with --target]";

    /// <summary>Null if it is not understood.</summary>
    public static Options? Parse(IReadOnlyList<string> args)
    {
        var options = new Options(null, 60, Random.Shared.Next(), null);
        for (int i = 0; i + 1 < args.Count; i += 2)
        {
            string value = args[i + 1];
            bool isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
            switch (args[i])
            {
                case "--target":
                    options = options with { Target = value };
                    break;
                case "--seconds" when isNumber:
                    options = options with { Seconds = number };
                    break;
                case "--seed" when isNumber:
                    options = options with { Seed = number };
                    break;
                case "--replay":
                    options = options with { Replay = value };
                    break;
                default:
                    return null;
            }
        }
        return args.Count % 2 == 0 && (options.Replay is null || options.Target is not null) ? options : null;
    }
}
