using System.IO.Pipelines;

namespace VirtualKubelet.Providers;

/// <summary>
/// Where pods run. Every member may be called from several places at once; errors are <see cref="ProviderException"/>s of
/// the kinds each member names. The contract fits a local call and a remote one alike: what crosses is data and byte streams.
/// </summary>
public interface IProvider
{
    /// <summary>
    /// Accepts a workload and returns once it is safely recorded; its start is reported by <see cref="WatchAsync"/>.
    /// Idempotent per UID: a second call for a known UID changes nothing.
    /// </summary>
    /// <exception cref="ProviderException"><see cref="ProviderErrorKind.Invalid"/> when it can never run here,
    /// <see cref="ProviderErrorKind.Rejected"/> when the node is full, <see cref="ProviderErrorKind.Unavailable"/> when it could not be recorded.</exception>
    Task CreateAsync(Workload workload, CancellationToken cancellationToken);

    /// <summary>Takes over changed labels and annotations of a known workload.</summary>
    /// <exception cref="ProviderException"><see cref="ProviderErrorKind.NotFound"/> for an unknown UID.</exception>
    Task UpdateAsync(Workload workload, CancellationToken cancellationToken);

    /// <summary>
    /// Asks a workload to end within a grace period and returns once the wish is safely recorded. The end is reported by
    /// <see cref="WatchAsync"/>: a last status with <see cref="WorkloadStatus.Gone"/> set. Idempotent; a later call may shorten the period.
    /// </summary>
    /// <param name="workload">The workload's identity.</param>
    /// <param name="gracePeriod">Time from SIGTERM to SIGKILL, whole seconds, zero or more.</param>
    /// <param name="cancellationToken">Gives up the call, not the deletion.</param>
    /// <exception cref="ProviderException"><see cref="ProviderErrorKind.NotFound"/> for an unknown UID.</exception>
    Task DeleteAsync(WorkloadId workload, TimeSpan gracePeriod, CancellationToken cancellationToken);

    /// <summary>The workloads the provider knows, those of an earlier process included, as they stand.</summary>
    Task<IReadOnlyList<WorkloadStatus>> ListAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Every workload as it stands, then each change. A slow reader misses intermediate states but never the latest one of a workload.
    /// </summary>
    IAsyncEnumerable<WorkloadStatus> WatchAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Writes the log of one run of a container. Nothing is written before the log is open; then the output is flushed at once,
    /// with or without a byte, so that a follower of a silent container sees that it is connected.
    /// </summary>
    /// <exception cref="ProviderException"><see cref="ProviderErrorKind.NotFound"/> when the workload or that run's log is not there.</exception>
    Task ReadLogsAsync(LogQuery query, PipeWriter output, CancellationToken cancellationToken);

    /// <summary>What the node offers and how its backend fares; never fails because the backend is unreachable, but says so.</summary>
    Task<NodeState> GetNodeAsync(CancellationToken cancellationToken);
}
