using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Tests.Support;

/// <summary>What a shim writes, for pods whose containers all do the same.</summary>
internal static class ShimStates
{
    public static readonly DateTimeOffset StartedAt = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static readonly DateTimeOffset FinishedAt = StartedAt.AddMinutes(1);

    public static PodState Running(Workload workload, string jobId, long sequence = 1) =>
        State(workload, jobId, sequence, name => new ContainerState { Name = name, Running = new ContainerRunning(StartedAt, 1) });

    public static PodState Complete(Workload workload, string jobId, int exitCode = 0, int? signal = null, string? reason = null) =>
        State(workload, jobId, 9, name => new ContainerState
        {
            Name = name,
            Terminated = new ContainerTerminated
            {
                ExitCode = exitCode,
                Signal = signal,
                Reason = exitCode == 0 ? "Completed" : "Error",
                StartedAt = StartedAt,
                FinishedAt = FinishedAt,
            },
        }) with
        { FinishedAt = FinishedAt, Reason = reason };

    private static PodState State(Workload workload, string jobId, long sequence, Func<string, ContainerState> container) => new()
    {
        Sequence = sequence,
        Uid = workload.Id.Uid,
        JobId = jobId,
        Node = "n0",
        StartedAt = StartedAt,
        Containers = [.. workload.Pod.Spec.Containers!.Select(c => container(c.Name!))],
    };
}
