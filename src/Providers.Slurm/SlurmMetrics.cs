using System.Diagnostics.Metrics;

namespace VirtualKubelet.Providers.Slurm;

/// <summary>Figures of the provider, under the meter <c>VirtualKubelet.Providers.Slurm</c>.</summary>
internal static class SlurmMetrics
{
    private static readonly Meter Meter = new("VirtualKubelet.Providers.Slurm");

    private static readonly Counter<long> Commands = Meter.CreateCounter<long>(
        "vk_slurm.commands", description: "Slurm commands run, by command and outcome.");

    private static readonly Histogram<double> CommandSeconds = Meter.CreateHistogram<double>(
        "vk_slurm.command.duration", "s", "How long Slurm commands took.");

    private static readonly UpDownCounter<long> Workloads = Meter.CreateUpDownCounter<long>(
        "vk_slurm.workloads", description: "Workloads known to the provider.");

    private static readonly Counter<long> SubmitAttempts = Meter.CreateCounter<long>(
        "vk_slurm.submits", description: "Attempts to submit a job, by outcome.");

    public static void CommandEnded(string command, string outcome, TimeSpan duration)
    {
        Commands.Add(1, new("command", command), new("outcome", outcome));
        CommandSeconds.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("command", command));
    }

    public static void WorkloadAdded() => Workloads.Add(1);

    public static void WorkloadRemoved() => Workloads.Add(-1);

    public static void SubmitEnded(string outcome) => SubmitAttempts.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
