// Micro benchmarks: dotnet run -c Release --project benchmarks/Micro -- --filter '*'
// 1,000 routes beside 10, in alternation: dotnet run -c Release --project benchmarks/Micro -- router

using BenchmarkDotNet.Running;
using Millrace.Micro;

if (args is ["router"])
    RouterRatio.Print(Console.Out);
else
    BenchmarkSwitcher.FromAssembly(typeof(RequestReaderBenchmarks).Assembly).Run(args);
