namespace VirtualKubelet.Kubelet.Streaming.Tests.Support;

/// <summary>No test waits longer, however busy the machine.</summary>
internal static class Deadline
{
    public const int Milliseconds = 120_000;

    public static CancellationToken Token() => new CancellationTokenSource(Milliseconds).Token;
}
