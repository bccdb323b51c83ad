using VirtualKubelet.Configuration.Reading;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Configuration.Sections;

/// <summary><c>spec.logs</c>.</summary>
internal static class LogsSection
{
    private static Reader<TimeSpan> PollInterval => Scalars.Duration(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1), "5ms or 250ms");

    public static Section<LogsConfiguration> Instance { get; } = new Section<LogsConfiguration>(new LogsConfiguration())
        .Key("ringBuffer", Scalars.Quantity(new Quantity(256 << 10), new Quantity(64 << 20)), l => l.RingBuffer, (l, v) => l with { RingBuffer = v },
            "Bytes of a followed file's tail held in memory, once for all its followers, 256Ki to 64Mi. A follower that falls further behind reads the file.")
        .Key("minPollInterval", PollInterval, l => l.MinPollInterval, (l, v) => l with { MinPollInterval = v },
            "Shortest time between two looks at a followed file, while it grows, 1ms to 1s.")
        .Key("maxPollInterval", PollInterval, l => l.MaxPollInterval, (l, v) => l with { MaxPollInterval = v },
            "Longest time between two looks at a followed file that has fallen quiet, 1ms to 1s: the delay of a line where the file system reports no changes, as NFS and Lustre do not.")
        .Rule((logs, at) =>
        {
            if (logs.MinPollInterval > logs.MaxPollInterval)
            {
                at.Key("minPollInterval").Fail($"{DurationText.Write(logs.MinPollInterval)} is more than maxPollInterval, {DurationText.Write(logs.MaxPollInterval)}");
            }
        });
}
