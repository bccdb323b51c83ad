namespace VirtualKubelet.Providers.Slurm.Backends;

/// <summary>How a channel is started.</summary>
/// <param name="Executable">The program.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Environment">The whole of its environment.</param>
internal sealed record ChannelCommand(string Executable, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment);
