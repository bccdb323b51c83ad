namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>Why a pod failed, beyond its containers' own exit codes.</summary>
/// <param name="Reason">The pod's reason, one CamelCase word.</param>
/// <param name="Message">The same for people.</param>
/// <param name="ContainerReason">Reason for a container that was cut off.</param>
/// <param name="ExitCode">Exit code for a container that was cut off.</param>
internal sealed record JobVerdict(string Reason, string Message, string ContainerReason, int ExitCode);
