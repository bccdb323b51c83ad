using System.Security.Cryptography;
using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.Testing;

namespace VirtualKubelet.EndToEnd.Streaming;

/// <summary>Much data both ways at once, which is where flow control deadlocks and where bytes get lost.</summary>
public sealed class BulkDataTests(StreamingPod pod) : IClassFixture<StreamingPod>
{
    private const int Deadline = 240_000;
    private const int Piece = 32 * 1024;

    [Theory(Timeout = Deadline)]
    [InlineData(Transport.Spdy)]
    [InlineData(Transport.WebSocket)]
    [Trait("Item", "X14")]
    public async Task A_hundred_megabytes_go_both_ways_at_once_unchanged(Transport transport)
    {
        await CarryAsync(pod.Agent, transport, 100 << 20);

        Assert.NotEqual(0, RunningProcesses.CountSocketsOf(ChannelProcesses.Shim(pod.Agent)));
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "X14")]
    public async Task Without_dialling_back_everything_goes_through_Slurms_own_pipes()
    {
        await using var agent = await pod.StartAnotherAsync(new AgentOptions { DialBack = false });

        await Task.WhenAll(CarryAsync(agent, Transport.Spdy, 16 << 20), CarryAsync(agent, Transport.WebSocket, 16 << 20));

        Assert.Equal(0, RunningProcesses.CountSocketsOf(ChannelProcesses.Shim(agent)));
    }

    /// <summary>The stderr of a job step is slurmstepd's as well, and carries the frames.</summary>
    [Fact(Timeout = Deadline)]
    public async Task What_Slurm_says_in_the_middle_of_it_harms_nothing()
    {
        await using var agent = await pod.StartAnotherAsync(new AgentOptions { DialBack = false });
        using var exec = await RawExec.OpenAsync(agent, Transport.WebSocket, "cat");
        await exec.EchoAsync("hello");
        await using var stderr = new FileStream($"/proc/{ChannelProcesses.Shim(agent)}/fd/1", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        using var leaving = new CancellationTokenSource();

        var saying = SayAsync(stderr, leaving.Token);
        await CarryAsync(agent, Transport.Spdy, 16 << 20);
        await leaving.CancelAsync();

        Assert.NotEqual(0, await saying);
        await exec.EchoAsync("still here");
    }

    private static async Task<int> SayAsync(FileStream stderr, CancellationToken cancellationToken)
    {
        var times = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            stderr.Write("slurmstepd: error: nothing to worry about\n"u8);
            times++;
            await Task.Delay(1, CancellationToken.None);
        }

        return times;
    }

    private static async Task CarryAsync(Agent agent, Transport transport, int bytes)
    {
        using var cat = await RawExec.OpenAsync(agent, transport, "cat");

        var sending = SendAsync(cat, bytes);
        var (count, hash) = await ReceiveAsync(cat);

        await cat.EndAsync();
        Assert.True(cat.Status == "Success", $"{count} bytes, then: {cat.ErrorText}\n{agent.Log}");
        Assert.Equal((bytes, await sending), (count, hash));
    }

    private static async Task<string> SendAsync(RawExec exec, int bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var random = new Random(bytes);
        for (var sent = 0; sent < bytes; sent += Piece)
        {
            var piece = new byte[Piece];
            random.NextBytes(piece);
            hash.AppendData(piece);
            await exec.SendAsync(piece);
        }

        await exec.EndInputAsync();
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static async Task<(int Count, string Hash)> ReceiveAsync(RawExec exec)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var count = 0;
        while (await exec.ReceiveAsync() is { } piece)
        {
            count += piece.Length;
            hash.AppendData(piece);
        }

        return (count, Convert.ToHexString(hash.GetHashAndReset()));
    }
}
