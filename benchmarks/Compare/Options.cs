using System.Globalization;

namespace Millrace.Benchmarks;

/// <summary>What to compare and for how long.</summary>
internal sealed record Options(IReadOnlyList<Profile> Profiles, int Rounds, int Seconds, int WarmUpSeconds, string Peer)
{
    public static readonly string Usage = $"""
        Compares Millrace with Kestrel on this machine.

            benchmarks/compare.sh [--profiles NAME,NAME...] [--rounds 5] [--seconds 4] [--warmup 4] [--peer kestrel]

        Peers: kestrel, or log for Millrace with its access log on, beside itself without.

        Profiles (default: all):
        {string.Join('\n', Profile.All.Select(profile => $"  {profile.Name,-14} {profile.Description}"))}
        """;

    /// <exception cref="FormatException">The arguments make no sense; the message says which.</exception>
    public static Options Parse(string[] arguments)
    {
        var options = new Options(Profile.All, Rounds: 5, Seconds: 4, WarmUpSeconds: 4, Peer: "kestrel");
        for (int i = 0; i < arguments.Length; i += 2)
        {
            string value = i + 1 < arguments.Length ? arguments[i + 1] : throw new FormatException($"{arguments[i]} needs a value.");
            options = arguments[i] switch
            {
                "--profiles" => options with { Profiles = [.. value.Split(',').Select(Profile.Named)] },
                "--rounds" => options with { Rounds = Positive(value) },
                "--seconds" => options with { Seconds = Positive(value) },
                "--peer" when value is "kestrel" or "log" => options with { Peer = value },
                "--warmup" => options with { WarmUpSeconds = Positive(value) },
                _ => throw new FormatException($"There is no option {arguments[i]} {value}."),
            };
        }
        return options;
    }

    private static int Positive(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
            ? number
            : throw new FormatException($"'{value}' is no number above 0.");
}
