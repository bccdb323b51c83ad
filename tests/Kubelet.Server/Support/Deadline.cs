namespace VirtualKubelet.Kubelet.Server.Tests.Support;

/// <summary>Bounds for everything that could hang; far above what is expected, so that a busy machine fails nothing.</summary>
internal static class Deadline
{
    public const int TestMilliseconds = 60_000;

    public static readonly TimeSpan Short = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
}
