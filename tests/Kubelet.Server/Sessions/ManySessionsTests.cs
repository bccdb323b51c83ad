using System.Collections.Concurrent;
using System.Text;
using VirtualKubelet.Kubelet.Server.Tests.Support;
using VirtualKubelet.Testing.Streaming;

namespace VirtualKubelet.Kubelet.Server.Tests.Sessions;

public sealed class ManySessionsTests
{
    private const int Count = 100;
    private const string Path = "/exec/ns/p/c?input=1&output=1&command=";

    [Fact(Timeout = 2 * Deadline.TestMilliseconds)]
    [Trait("Item", "X15")]
    [Trait("Item", "X18")]
    public async Task A_hundred_sessions_go_on_beside_one_that_nobody_reads_and_all_are_released_when_their_clients_vanish()
    {
        await using var kubelet = await TestKubelet.StartAsync(o => o with { MaxStreamingSessions = Count });
        var flooded = 0L;
        kubelet.Provider.Exec = async (request, streams, cancellationToken) =>
        {
            if (request.Command[0] == "cat")
            {
                return await Commands.CatAsync(request, streams, cancellationToken);
            }

            for (var block = new byte[32 * 1024]; !(await streams.Stdout!.WriteAsync(block, cancellationToken)).IsCompleted;)
            {
                Interlocked.Add(ref flooded, block.Length);
            }

            return 0;
        };
        var stalled = await SpdySession.OpenAsync(kubelet, Path + "yes", "error", "stdin", "stdout");
        var others = new ConcurrentBag<SpdySession>();
        await Parallel.ForAsync(1, Count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, _) =>
            others.Add(await SpdySession.OpenAsync(kubelet, Path + "cat", "error", "stdin", "stdout")));
        var (full, _) = await kubelet.UpgradeAsync("POST " + Path + "cat", UpgradeHeaders.Spdy("v4.channel.k8s.io"));
        Assert.Equal(429, full.Status);
        await StandstillAsync(() => Interlocked.Read(ref flooded));

        await Task.WhenAll(others.Select(TalkAsync)).WaitAsync(Deadline.Long);

        Assert.Equal(Count, kubelet.Provider.Running);
        Assert.InRange(Interlocked.Read(ref flooded), 1, 32 << 20);
        stalled.Client.Disconnect();
        foreach (var other in others)
        {
            other.Client.Disconnect();
        }

        await Waiting.UntilAsync(() => kubelet.Provider.Running == 0);
        await Waiting.UntilAsync(() => kubelet.Log.Entries.Count(e => e.Text.Contains(" ended for ", StringComparison.Ordinal)) == Count);
        Assert.DoesNotContain(kubelet.Log.Entries, e => e.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
        await kubelet.Server.StopAsync(CancellationToken.None).WaitAsync(Deadline.Short);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Two_hundred_forwarded_connections_at_once_are_served_and_let_go()
    {
        await using var targets = new Targets();
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Connect = targets.ConnectAsync;
        var client = await kubelet.SpdyAsync("/portForward/ns/p", "portforward.k8s.io");
        var connections = new List<uint>();
        for (var i = 0; i < 200; i++)
        {
            var (_, data) = await client.OpenPairAsync(8000 + (i % 2), $"{i}");
            await client.SendAsync(SpdyBytes.Data(data, Encoding.UTF8.GetBytes($"connection {i}")));
            connections.Add(data);
        }

        await client.ReadUntilAsync(_ => connections.Index().All(c => client.TextOf(c.Item) == $"connection {c.Index}"));

        Assert.Equal(200, targets.Open);
        client.Disconnect();
        await Waiting.UntilAsync(() => targets.Open == 0);
    }

    /// <summary>Some turns of asking and answering, as at a prompt.</summary>
    private static async Task TalkAsync(SpdySession session)
    {
        for (var turn = 0; turn < 20; turn++)
        {
            await session.SendAsync("stdin", $"<{turn}>");
            await session.ReadAsync("stdout", $"<{turn}>");
        }
    }

    /// <summary>Waits until a figure that grows has stopped to.</summary>
    private static async Task StandstillAsync(Func<long> figure)
    {
        var last = -1L;
        while (last != (last = figure()) || last == 0)
        {
            await Task.Delay(200);
        }
    }
}
