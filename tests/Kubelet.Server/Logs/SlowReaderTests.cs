using VirtualKubelet.Kubelet.Server.Tests.Support;

namespace VirtualKubelet.Kubelet.Server.Tests.Logs;

public sealed class SlowReaderTests
{
    private const int Size = 64 << 20;

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "L17")]
    public async Task A_reader_that_pauses_with_a_full_window_is_not_aborted_and_loses_nothing()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Script = async (_, output, cancellationToken) =>
        {
            var block = new byte[1 << 16];
            for (var i = 0; i < Size / block.Length; i++)
            {
                await output.WriteAsync(block, cancellationToken);
            }
        };

        var totals = await Task.WhenAll(ReadWithPauseAsync(kubelet, "1.1"), ReadWithPauseAsync(kubelet, "2.0"));

        Assert.All(totals, total => Assert.Equal(Size, total));
    }

    private static async Task<long> ReadWithPauseAsync(TestKubelet kubelet, string version)
    {
        using var response = await kubelet.Client(version: Version.Parse(version))
            .GetAsync("/containerLogs/ns/p/c", HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();

        // Longer than Kestrel's own grace of five seconds for slow readers; its clock cannot be moved.
        await Task.Delay(TimeSpan.FromSeconds(7));
        var buffer = new byte[1 << 16];
        long total = 0;
        for (int n; (n = await body.ReadAsync(buffer)) > 0; total += n)
        {
        }

        return total;
    }
}
