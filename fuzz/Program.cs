// Mutates inputs and shows them to every target, or to one; docs/fuzzing.md. The exit code is zero only if nothing was found
// (and the planted bug was).

using Millrace.Fuzz;
using Millrace.Fuzz.Engine;
using Millrace.Fuzz.Targets;

if (Options.Parse(args) is not { } options)
{
    Console.Error.WriteLine(Options.Usage);
    return 2;
}

var names = Registry.Names.Where(name => options.Target is null || name == options.Target).ToList();
if (names.Count == 0)
{
    Console.Error.WriteLine($"There is no target {options.Target}, but {string.Join(", ", Registry.Names)}.");
    return 2;
}

var runner = new Runner(Path.Combine(Environment.CurrentDirectory, "artifacts", "fuzz"), Console.Out);
Console.WriteLine($"seed {options.Seed}, {options.Seconds} s, {names.Count} targets");
bool isGood = true;
foreach (string name in names)
{
    using var target = Registry.Create(name);
    isGood &= options.Replay is { } file
        ? runner.Replay(target, File.ReadAllBytes(file))
        : runner.Run(target, TimeSpan.FromSeconds((double)options.Seconds / names.Count), options.Seed);
}
return isGood ? 0 : 1;
