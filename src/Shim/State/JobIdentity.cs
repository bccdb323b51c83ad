namespace VirtualKubelet.Shim.State;

/// <summary>The job the shim runs in.</summary>
/// <param name="JobId">Slurm's job ID, or the one the Local backend made up.</param>
/// <param name="Node">The compute node's name.</param>
internal sealed record JobIdentity(string JobId, string Node)
{
    /// <summary>
    /// Reads it from the environment: <c>VK_JOB_ID</c> (Local backend; it comes first because the agent may itself run inside a Slurm job)
    /// or <c>SLURM_JOB_ID</c>, and <c>SLURMD_NODENAME</c> or the machine's name.
    /// </summary>
    /// <returns>Null when there is no job ID.</returns>
    public static JobIdentity? FromEnvironment() =>
        (Variable("VK_JOB_ID") ?? Variable("SLURM_JOB_ID")) is { } job
            ? new(job, Variable("SLURMD_NODENAME") ?? Environment.MachineName)
            : null;

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
