namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>Why a job is not submitted yet.</summary>
/// <param name="Reason">One CamelCase word.</param>
/// <param name="Message">Slurm's own words and what happens next.</param>
internal sealed record SubmitDelay(string Reason, string Message);
