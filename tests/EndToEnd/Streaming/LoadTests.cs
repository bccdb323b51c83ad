using System.Collections.Concurrent;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Kubelet.Client;
using VirtualKubelet.Testing;
using Xunit.Abstractions;

namespace VirtualKubelet.EndToEnd.Streaming;

/// <summary>Many sessions at once on one pod, some of which do not take what they are sent.</summary>
public sealed class LoadTests(StreamingPod pod, ITestOutputHelper output) : IClassFixture<StreamingPod>
{
    private const int Deadline = 300_000;
    private const int Rounds = 10;

    /// <summary>How much the agent may grow, in MiB.</summary>
    private const int AgentGrowth = 200;

    /// <summary>How much the shim may take in all, in MiB.</summary>
    private const int ShimSize = 64;

    /// <summary>All sessions have had their turn by then, however busy the machine; one that waits for a stalled one never has.</summary>
    private static readonly TimeSpan RoundBound = TimeSpan.FromSeconds(60);

    private static readonly ExecRequest Cat = new("default", StreamingPod.Name, "main", ["cat"]) { Stdin = true };

    [Fact(Timeout = Deadline)]
    [Trait("Item", "X15")]
    [Trait("Item", "X18")]
    [Trait("Item", "W12")]
    public async Task A_hundred_commands_go_on_beside_some_that_stall_and_all_is_released_when_their_clients_vanish()
    {
        await WarmUpAsync();
        var (before, agentBefore) = (await ProcessUse.AtRestAsync(pod.Agent), RunningProcesses.MegabytesOf(pod.Agent.ProcessId));
        List<RawExec> stalled = [.. await Task.WhenAll(Enum.GetValues<Transport>().Select(t => RawExec.OpenAsync(pod.Agent, t, "cat", "/dev/zero")))];
        var deaf = await RawExec.OpenAsync(pod.Agent, Transport.Spdy, "sleep", "3600");
        var flood = FloodAsync(deaf);
        var others = new ConcurrentBag<RawExec>();
        await Parallel.ForAsync(0, 100, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
            others.Add(await RawExec.OpenAsync(pod.Agent, i % 2 == 0 ? Transport.Spdy : Transport.WebSocket, "cat")));

        for (var round = 0; round < Rounds; round++)
        {
            await Task.WhenAll(others.Select(other => other.EchoAsync($"round {round}"))).WaitAsync(RoundBound);
        }

        Assert.Equal(2 * (others.Count + stalled.Count + 1), await ProcessUse.CountSessionsAsync(pod.Agent));
        Assert.False(flood.IsCompleted, "somebody reads what nobody should");
        AssertSizes(agentBefore);
        foreach (var exec in others.Concat(stalled).Append(deaf))
        {
            exec.Abort();
        }

        await Assert.ThrowsAnyAsync<IOException>(() => flood.WaitAsync(Poll.Patience));
        await before.WaitForReturnAsync(pod.Agent);
        await WarmUpAsync();
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "X15")]
    [Trait("Item", "X18")]
    public async Task A_hundred_commands_over_one_connection_go_on_beside_some_that_stall_and_all_is_released_when_it_is_gone()
    {
        await WarmUpAsync();
        var before = await ProcessUse.AtRestAsync(pod.Agent);
        using var client = pod.Agent.CreateClient(sharesConnection: true);
        var stalled = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => client.ExecAsync(Cat with { Command = ["cat", "/dev/zero"], Stdin = false }, CancellationToken.None)));
        var others = await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ => new Conversation(await client.ExecAsync(Cat, CancellationToken.None))));

        for (var round = 0; round < Rounds; round++)
        {
            await Task.WhenAll(others.Select(other => other.AskAsync($"round {round}", $"round {round}\n"))).WaitAsync(RoundBound);
        }

        Assert.Equal(2 * (others.Length + stalled.Length), await ProcessUse.CountSessionsAsync(pod.Agent));
        foreach (var session in stalled)
        {
            await session.DisposeAsync();
        }

        foreach (var other in others)
        {
            await other.DisposeAsync();
        }

        client.Dispose();
        await before.WaitForReturnAsync(pod.Agent);
        await WarmUpAsync();
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "P5")]
    [Trait("Item", "P9")]
    public async Task Two_hundred_connections_go_on_beside_some_that_stall_and_all_is_released_when_their_clients_vanish()
    {
        await using var echo = LocalServer.Echo();
        await using var talker = new LocalServer(async (stream, stop) =>
        {
            for (var block = new byte[64 * 1024]; ;)
            {
                await stream.WriteAsync(block, stop);
            }
        });
        await using var deaf = new LocalServer(async (_, stop) => await Task.Delay(Timeout.InfiniteTimeSpan, stop));
        await WarmUpAsync();
        var (before, agentBefore) = (await ProcessUse.AtRestAsync(pod.Agent), RunningProcesses.MegabytesOf(pod.Agent.ProcessId));

        // Its client never reads again.
        var stalled = await RawForwarding.OpenAsync(pod.Agent);
        await stalled.ConnectAsync(talker.Port);

        // One of the connections goes to a server that never reads.
        var clients = new[] { await RawForwarding.OpenAsync(pod.Agent), await RawForwarding.OpenAsync(pod.Agent) };
        var (_, unheard) = await clients[0].ConnectAsync(deaf.Port);
        var connections = await Task.WhenAll(clients.Select(async client =>
        {
            var streams = new List<uint>();
            for (var i = 0; i < 100; i++)
            {
                streams.Add((await client.ConnectAsync(echo.Port)).Data);
            }

            return (Client: client, Streams: streams);
        }));
        await Task.WhenAll(connections.Select(c => c.Client.EchoAsync(c.Streams, "hello"))).WaitAsync(RoundBound);
        Assert.Equal(200, echo.Open);

        var flood = FloodAsync(clients[0], unheard);
        await connections[1].Client.EchoAsync(connections[1].Streams, "meanwhile").WaitAsync(RoundBound);
        await flood.WaitAsync(RoundBound);
        for (var round = 0; round < Rounds; round++)
        {
            await Task.WhenAll(connections.Select(c => c.Client.EchoAsync(c.Streams, $"round {round}"))).WaitAsync(RoundBound);
        }

        Assert.True(clients[0].Client.HasReset(unheard), "the connection that held up the others is still there");
        AssertSizes(agentBefore);
        foreach (var client in clients.Append(stalled))
        {
            client.Abort();
        }

        await before.WaitForReturnAsync(pod.Agent);
        await Poll.UntilAsync(() => Task.FromResult(echo.Open + talker.Open == 0), "the end of all connections");
    }

    /// <summary>Sends more than all buffers on the way hold, and so does not end.</summary>
    private static async Task FloodAsync(RawExec exec)
    {
        for (var block = new byte[64 * 1024]; ;)
        {
            await exec.SendAsync(block);
        }
    }

    /// <summary>Sends more than all buffers on the way hold.</summary>
    private static async Task FloodAsync(RawForwarding client, uint stream)
    {
        var text = new string('x', 64 * 1024);
        for (var i = 0; i < 256; i++)
        {
            await client.SendAsync(stream, text);
        }
    }

    /// <summary>Everything that is made once is made now.</summary>
    private async Task WarmUpAsync()
    {
        foreach (var transport in Enum.GetValues<Transport>())
        {
            using var exec = await RawExec.OpenAsync(pod.Agent, transport, "cat");
            await exec.EchoAsync("hello");
            await exec.EndInputAsync();
            await exec.EndAsync();
            Assert.Equal("Success", exec.Status);
        }

        using var client = pod.Agent.CreateClient(sharesConnection: true);
        await using var shared = new Conversation(await client.ExecAsync(Cat, CancellationToken.None));
        await shared.AskAsync("hello", "hello\n");

        await using var echo = LocalServer.Echo();
        using var spdy = await RawForwarding.OpenAsync(pod.Agent);
        await spdy.EchoAsync([(await spdy.ConnectAsync(echo.Port)).Data], "hello");
    }

    private void AssertSizes(long agentBefore)
    {
        var (agent, shim) = (RunningProcesses.MegabytesOf(pod.Agent.ProcessId), RunningProcesses.MegabytesOf(ChannelProcesses.Shim(pod.Agent)));
        output.WriteLine($"agent {agentBefore} MiB before, {agent} MiB now; shim {shim} MiB");
        Assert.InRange(agent - agentBefore, long.MinValue, AgentGrowth);
        Assert.InRange(shim, 0, ShimSize);
    }
}
