// Shows generated requests to this server and to Kestrel and compares what becomes of them; docs/differential.md. The exit code is
// zero only if every disagreement is explained by a rule.
//
//     dotnet run --project fuzz/Differential -c Release -- [REQUESTS [SEED]]

using System.Collections.Concurrent;
using System.Globalization;
using Millrace.Cases;
using Millrace.Differential;

const int RequestsDefault = 100_000;
const int Parallel = 96;
const int ExamplesShown = 4;

int requests = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : RequestsDefault;
int seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : Random.Shared.Next();
Console.WriteLine($"{requests} requests, seed {seed}");

var generator = new RequestGenerator(seed);
var generating = new Lock();
var explained = new ConcurrentDictionary<Rule, int>();
var unexplained = new ConcurrentDictionary<string, ConcurrentQueue<Difference>>();
int begun = 0, agreed = 0, secondLooks = 0;

await using (var servers = await Servers.StartAsync())
{
    await Task.WhenAll(Enumerable.Range(0, Parallel).Select(_ => Task.Run(() => WorkAsync(servers))));
}

foreach (var (rule, count) in explained.OrderByDescending(pair => pair.Value))
    Console.WriteLine($"{count,7}  {rule.Name} ({rule.Section})");
foreach (var (kind, differences) in unexplained.OrderByDescending(pair => pair.Value.Count))
{
    Console.WriteLine($"{differences.Count,7}  UNEXPLAINED {kind}");
    foreach (var difference in differences.OrderBy(difference => difference.Bytes.Length).Take(ExamplesShown))
        Console.WriteLine($"         {CaseFile.Escape(difference.Bytes)}\n           we      {difference.Ours}\n           Kestrel {difference.Theirs}");
}
Console.WriteLine($"{requests} requests: {agreed} alike, {explained.Values.Sum()} differ by a rule, {unexplained.Values.Sum(queue => queue.Count)} unexplained; {secondLooks} were looked at twice");
return unexplained.IsEmpty ? 0 : 1;

async Task WorkAsync(Servers servers)
{
    while (Interlocked.Increment(ref begun) <= requests)
    {
        byte[] bytes;
        lock (generating)
            bytes = generator.Next();
        if (await FindDifferenceAsync(servers, bytes) is not { } difference)
            Interlocked.Increment(ref agreed);
        else if (Rules.Find(difference) is { } rule)
            explained.AddOrUpdate(rule, 1, (_, count) => count + 1);
        else
            unexplained.GetOrAdd(difference.Kind, _ => new()).Enqueue(difference);
    }
}

async Task<Difference?> FindDifferenceAsync(Servers servers, byte[] bytes)
{
    var first = await CompareAsync(servers, bytes, Silence.Short);
    if (first is null || Rules.Find(first) is not null)
        return first;
    Interlocked.Increment(ref secondLooks);
    return await CompareAsync(servers, bytes, Silence.Long);
}

static async Task<Difference?> CompareAsync(Servers servers, byte[] bytes, Silence silence)
{
    var ours = Exchange.RunAsync(servers.Ours, bytes, silence);
    var theirs = Exchange.RunAsync(servers.Theirs, bytes, silence);
    await Task.WhenAll(ours, theirs);
    return (await ours).Agrees(await theirs) ? null : new Difference(bytes, await ours, await theirs);
}
