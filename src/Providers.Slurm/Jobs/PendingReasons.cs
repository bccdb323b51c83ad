using System.Globalization;
using VirtualKubelet.Providers.Slurm.Backends;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>Says why the containers of a pod have not started.</summary>
internal static class PendingReasons
{
    /// <summary>Reason and message; the reason is null where a kubelet's own initial word fits.</summary>
    public static (string? Reason, string? Message) Of(JobObservation seen)
    {
        if (seen.Job is not { } job)
        {
            return (seen.Delay?.Reason, seen.Delay?.Message);
        }

        if (job.Stage != JobStage.Waiting)
        {
            return (null, $"Slurm job {job.JobId} is {job.StateWord}{(job.Nodes is { } nodes ? $" on {nodes}" : "")}");
        }

        var why = job.Reason is { } reason ? $": {reason}" : "";
        var start = job.StartTime is { } time
            ? string.Create(CultureInfo.InvariantCulture, $"; estimated start {time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}")
            : "";
        return (Word(job.Reason), $"Slurm job {job.JobId} is {job.StateWord}{why}{start}");
    }

    // Slurm's reasons are CamelCase words, sometimes followed by details: "ReqNodeNotAvail, UnavailableNodes:n1".
    private static string? Word(string? reason)
    {
        var word = string.Concat((reason ?? "").TakeWhile(char.IsAsciiLetterOrDigit));
        return word.Length > 0 ? word : null;
    }
}
