// Micro benchmarks: dotnet run -c Release --project benchmarks/Micro -- --filter '*'

using BenchmarkDotNet.Running;
using Millrace.Micro;

BenchmarkSwitcher.FromAssembly(typeof(RequestReaderBenchmarks).Assembly).Run(args);
