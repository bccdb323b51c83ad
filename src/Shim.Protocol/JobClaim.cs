namespace VirtualKubelet.Shim.Protocol;

/// <summary>
/// Says which job runs the pod: <c>claim.json</c>, created exclusively by the first shim that starts in the directory.
/// A shim of another job that finds it leaves at once, so that a pod can never run twice.
/// </summary>
/// <param name="JobId">The job that runs the pod.</param>
/// <param name="Node">The compute node it started on.</param>
/// <param name="StartedAt">When it started, by the compute node's clock.</param>
public sealed record JobClaim(string JobId, string Node, DateTimeOffset StartedAt);
