using System.CommandLine;
using VirtualKubelet.Benchmarks;

return await BenchmarkCommand.Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
