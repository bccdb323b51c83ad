namespace VirtualKubelet.Kubelet.Server.Tests.Support;

/// <summary>Waiting for what another thread is about to do.</summary>
internal static class Waiting
{
    public static async Task UntilAsync(Func<bool> holds)
    {
        using var deadline = new CancellationTokenSource(Deadline.Long);
        while (!holds())
        {
            await Task.Delay(5, deadline.Token);
        }
    }
}
