namespace VirtualKubelet.Providers.Slurm.Commands;

/// <summary>A command was killed at its deadline: whether it took effect is not known.</summary>
internal sealed class CommandTimeoutException(string command, TimeSpan deadline)
    : Exception($"{command} did not answer within {deadline.TotalSeconds:0.#} s and was killed; is slurmctld overloaded or unreachable?");
