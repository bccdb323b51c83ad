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

    private static readonly UpDownCounter<long> Channels = Meter.CreateUpDownCounter<long>(
        "vk_slurm.channels", description: "Channels into running pods.");

    private static readonly Counter<long> ChannelStarts = Meter.CreateCounter<long>(
        "vk_slurm.channel.starts", description: "Channels started, by outcome.");

    private static readonly Histogram<double> ChannelStartSeconds = Meter.CreateHistogram<double>(
        "vk_slurm.channel.start.duration", "s", "How long channels took to start.");

    private static readonly Counter<long> ChannelFailures = Meter.CreateCounter<long>(
        "vk_slurm.channel.failures", description: "Channels that ended while a session needed them.");

    private static readonly UpDownCounter<long> Sessions = Meter.CreateUpDownCounter<long>(
        "vk_slurm.channel.sessions", description: "Sessions through channels, by kind.");

    private static readonly Counter<long> ChannelBytes = Meter.CreateCounter<long>(
        "vk_slurm.channel.bytes", "By", "Bytes through channels, by direction.");

    public static void CommandEnded(string command, string outcome, TimeSpan duration)
    {
        Commands.Add(1, new("command", command), new("outcome", outcome));
        CommandSeconds.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("command", command));
    }

    public static void WorkloadAdded() => Workloads.Add(1);

    public static void WorkloadRemoved() => Workloads.Add(-1);

    public static void SubmitEnded(string outcome) => SubmitAttempts.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public static void ChannelStarted(TimeSpan duration)
    {
        Channels.Add(1);
        ChannelStarts.Add(1, new KeyValuePair<string, object?>("outcome", "ok"));
        ChannelStartSeconds.Record(duration.TotalSeconds);
    }

    public static void ChannelNotStarted() => ChannelStarts.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));

    public static void ChannelEnded(bool wasNeeded)
    {
        Channels.Add(-1);
        if (wasNeeded)
        {
            ChannelFailures.Add(1);
        }
    }

    public static void SessionBegan(string kind) => Sessions.Add(1, new KeyValuePair<string, object?>("kind", kind));

    public static void SessionEnded(string kind) => Sessions.Add(-1, new KeyValuePair<string, object?>("kind", kind));

    public static void ChannelCarried(long sent, long received)
    {
        ChannelBytes.Add(sent, new KeyValuePair<string, object?>("direction", "in"));
        ChannelBytes.Add(received, new KeyValuePair<string, object?>("direction", "out"));
    }
}
