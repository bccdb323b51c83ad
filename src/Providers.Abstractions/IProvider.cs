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

    /// <summary>
    /// Takes over changed labels and annotations of a known workload, and replaces the files of each volume it brings: a container sees all of the old files or all of the new ones.
    /// </summary>
    /// <exception cref="ProviderException"><see cref="ProviderErrorKind.NotFound"/> for an unknown UID, <see cref="ProviderErrorKind.Unavailable"/> when files could not be written.</exception>
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

    /// <summary>
    /// Runs a command in a running container, with the container's environment and working directory, until it has ended and all it printed has been written.
    /// Cancelling ends the process: SIGHUP and SIGTERM, then SIGKILL, to its process group; so does anything else that keeps the call from returning a code.
    /// </summary>
    /// <returns>The exit code: 0 to 255, 128 + n after signal n.</returns>
    /// <exception cref="ProviderException"><see cref="ProviderErrorKind.NotFound"/> for an unknown workload or container,
    /// <see cref="ProviderErrorKind.NotRunning"/> when the container does not run, <see cref="ProviderErrorKind.Invalid"/> when the command cannot be started
    /// (it is not there, it is no program), <see cref="ProviderErrorKind.Unavailable"/> when the way to it failed: what the command did is then not known.</exception>
    Task<int> ExecAsync(ExecRequest request, ContainerStreams streams, CancellationToken cancellationToken);

    /// <summary>
    /// Writes what a running container prints from now on and, where its spec has <c>stdin</c>, hands it what the caller sends, until the container ends.
    /// Cancelling leaves the container as it is. A caller who falls far behind is let go with an error rather than left with a gap.
    /// </summary>
    /// <exception cref="ProviderException"><see cref="ProviderErrorKind.NotFound"/> for an unknown workload or container,
    /// <see cref="ProviderErrorKind.NotRunning"/> when the container does not run, <see cref="ProviderErrorKind.Unavailable"/> when the way to it failed.</exception>
    Task AttachAsync(AttachRequest request, ContainerStreams streams, CancellationToken cancellationToken);

    /// <summary>
    /// Dials a TCP port of 127.0.0.1 where the workload runs and returns once it is connected. Each direction ends on its own: completing the output tells
    /// the target that nothing more comes, and the input completes when the target says so; it fails with a <see cref="ProviderException"/> when the target or the way
    /// to it breaks off. Completing both ends, or cancelling before the return, closes the connection.
    /// </summary>
    /// <param name="workload">The workload's identity.</param>
    /// <param name="port">1 to 65535.</param>
    /// <param name="cancellationToken">Gives up the call, not the connection once it has been returned.</param>
    /// <exception cref="ProviderException"><see cref="ProviderErrorKind.NotFound"/> for an unknown workload, <see cref="ProviderErrorKind.NotRunning"/> when it does not run,
    /// <see cref="ProviderErrorKind.Invalid"/> for no port, <see cref="ProviderErrorKind.Unavailable"/> when nobody answers (<c>connection refused …</c>) or the way there failed.</exception>
    Task<IDuplexPipe> ConnectAsync(WorkloadId workload, int port, CancellationToken cancellationToken);

    /// <summary>What the node offers and how its backend fares; never fails because the backend is unreachable, but says so.</summary>
    Task<NodeState> GetNodeAsync(CancellationToken cancellationToken);
}
