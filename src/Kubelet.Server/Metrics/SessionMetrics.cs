using System.Diagnostics.Metrics;
using VirtualKubelet.Kubelet.Server.Sessions;

namespace VirtualKubelet.Kubelet.Server.Metrics;

/// <summary>What is counted about exec, attach and port-forward.</summary>
internal static class SessionMetrics
{
    private static readonly SessionKind[] Kinds = Enum.GetValues<SessionKind>();

    private static readonly long[] ReceivedBytes = new long[Kinds.Length];

    private static readonly long[] SentBytes = new long[Kinds.Length];

    private static readonly UpDownCounter<long> Open = ServerMetrics.Meter.CreateUpDownCounter<long>(
        "vk_slurm.kubelet.open_sessions", "{session}", "Exec, attach and port-forward sessions that are open, by kind.");

    private static readonly Counter<long> Ends = ServerMetrics.Meter.CreateCounter<long>(
        "vk_slurm.kubelet.sessions", "{session}", "Exec, attach and port-forward sessions that ended, by kind and result.");

    /// <summary>Bytes of all connections since the process began.</summary>
    public static ObservableCounter<long> Bytes { get; } = ServerMetrics.Meter.CreateObservableCounter(
        "vk_slurm.kubelet.session.bytes", Observe, "By", "Bytes of exec, attach and port-forward connections, framing included, by kind and direction.");

    /// <summary>Counts a session that begins.</summary>
    public static void Began(SessionKind kind) => Open.Add(1, KindTag(kind));

    /// <summary>Counts a session that ended.</summary>
    public static void Ended(SessionKind kind, SessionResult result)
    {
        Open.Add(-1, KindTag(kind));
        Ends.Add(1, KindTag(kind), new("result", Label(result)));
    }

    /// <summary>Counts bytes from a client. They are summed here, as a measurement for each read would cost more than the read.</summary>
    public static void Received(SessionKind kind, int count) => Interlocked.Add(ref ReceivedBytes[(int)kind], count);

    /// <summary>Counts bytes to a client.</summary>
    public static void Sent(SessionKind kind, int count) => Interlocked.Add(ref SentBytes[(int)kind], count);

    private static IEnumerable<Measurement<long>> Observe() => Kinds.SelectMany(kind => (Measurement<long>[])
    [
        new(Interlocked.Read(ref ReceivedBytes[(int)kind]), KindTag(kind), new("direction", "received")),
        new(Interlocked.Read(ref SentBytes[(int)kind]), KindTag(kind), new("direction", "sent")),
    ]);

    private static KeyValuePair<string, object?> KindTag(SessionKind kind) => new("kind", kind switch
    {
        SessionKind.Exec => "exec",
        SessionKind.Attach => "attach",
        _ => "port_forward",
    });

    private static string Label(SessionResult result) => result switch
    {
        SessionResult.Completed => "completed",
        SessionResult.ClientGone => "client_gone",
        SessionResult.NotOpened => "not_opened",
        SessionResult.Stopped => "stopped",
        _ => "failed",
    };
}
