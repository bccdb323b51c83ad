namespace VirtualKubelet.Benchmarks.Results;

/// <summary>A row cannot be measured; the message says why, and what to do.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
