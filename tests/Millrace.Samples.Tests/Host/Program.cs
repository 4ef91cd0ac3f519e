// Runs the samples of a chapter in one process, because starting one for each takes longer than all that is asked of them. SIGTERM ends them all.
//
//     Millrace.Samples.Host FOLDER-OF-THE-SAMPLES PROGRAM|ARGUMENT|ARGUMENT ...

using System.Runtime.Loader;
using Millrace.Samples.Host;

AppContext.SetData("EntryPointFileDirectoryPath", args[0]);
var lines = new NamedLines(Console.Out);
Console.SetOut(lines);
await Task.WhenAll([.. args[1..].Select(command => command.Split('|')).Select(words => RunAsync(words[0], words[1..]))]);

Task RunAsync(string program, string[] arguments)
{
    lines.Name = Path.GetFileNameWithoutExtension(program);
    var main = new AssemblyLoadContext(program).LoadFromAssemblyPath(program).EntryPoint!;
    return Task.Factory.StartNew(() => main.Invoke(null, [arguments]), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
