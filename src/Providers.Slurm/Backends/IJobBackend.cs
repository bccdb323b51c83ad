using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Backends;

/// <summary>
/// What runs batch jobs: Slurm through its commands, or plain processes of this machine. All errors are
/// <see cref="ProviderException"/>s: <see cref="ProviderErrorKind.Unavailable"/> when the backend does not answer.
/// </summary>
internal interface IJobBackend
{
    /// <summary>Whether ended jobs can be asked for after they left the queue.</summary>
    bool HasHistory { get; }

    /// <summary>
    /// Submits the job script of a pod directory and returns the job ID. While a call is under way, in this process or in
    /// one that was killed, <see cref="IsSubmitting"/> is true for the directory.
    /// </summary>
    /// <exception cref="ProviderException"><see cref="ProviderErrorKind.Rejected"/> when the job can never be accepted:
    /// there is no job; <see cref="ProviderErrorKind.Unavailable"/> when it may be accepted later: there may be a job.</exception>
    Task<string> SubmitAsync(PodDirectoryLayout directory, CancellationToken cancellationToken);

    /// <summary>Whether a submit that outlived its agent is still under way for a pod directory.</summary>
    bool IsSubmitting(PodDirectoryLayout directory);

    /// <summary>All jobs of this node that the backend still holds, in one call, ended ones included.</summary>
    Task<IReadOnlyList<JobRecord>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Jobs that are no longer listed, by workload, in one call; those nobody remembers are left out.</summary>
    Task<IReadOnlyList<JobRecord>> ListHistoryAsync(IReadOnlyCollection<WorkloadId> workloads, CancellationToken cancellationToken);

    /// <summary>Sends SIGTERM to the shims of running jobs, and to nothing else of them, in one call.</summary>
    Task TerminateAsync(IReadOnlyCollection<string> jobIds, CancellationToken cancellationToken);

    /// <summary>Cancels jobs, in one call; with <paramref name="onlyWaiting"/> those that have started in the meantime are left alone.</summary>
    Task CancelAsync(IReadOnlyCollection<string> jobIds, bool onlyWaiting, CancellationToken cancellationToken);

    /// <summary>What the backend offers.</summary>
    Task<BackendNode> GetNodeAsync(CancellationToken cancellationToken);

    /// <summary>The command that runs the shim's channel beside a running job, on the node of its shim.</summary>
    ChannelCommand ChannelInto(PodDirectoryLayout directory, string jobId, string node);
}
