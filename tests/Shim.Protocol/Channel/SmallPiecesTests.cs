using System.IO.Pipelines;
using VirtualKubelet.Shim.Protocol.Channel;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Shim.Protocol.Tests.Channel;

/// <summary>What Slurm's own streams make of frames: pieces of a kilobyte.</summary>
public sealed class SmallPiecesTests : IAsyncLifetime, IDisposable
{
    private const int Deadline = 60_000;

    private readonly FakeTimeProvider _clock = new();
    private readonly Pipe _input = new();
    private readonly TaskCompletionSource<AcceptedSession> _session = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _running;

    public SmallPiecesTests() =>
        _running = new ChannelConnection(_input.Reader.AsStream(), Stream.Null, ChannelPair.Greeting("shim"), _session.SetResult, _clock).RunAsync(_ending.Token);

    [Fact(Timeout = Deadline)]
    public async Task A_large_frame_that_has_begun_is_left_a_moment_to_pile_up()
    {
        var session = await OpenAsync();
        var frame = Frames.Of(FrameType.Data, 1, new byte[ChannelLimits.MaxData]);

        await _input.Writer.WriteAsync(frame.AsMemory(0, 1024));
        await _clock.WaitForTimerAsync(CancellationToken.None);
        await _input.Writer.WriteAsync(frame.AsMemory(1024));
        Assert.False(session.Stdin.Reader.TryRead(out _));
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(ChannelLimits.MaxData, (await session.Stdin.Reader.ReadAtLeastAsync(ChannelLimits.MaxData)).Buffer.Length);
    }

    [Fact(Timeout = Deadline)]
    public async Task Small_frames_wait_for_nothing()
    {
        var session = await OpenAsync();
        var frame = Frames.Of(FrameType.Data, 1, new byte[2048]);

        await _input.Writer.WriteAsync(frame.AsMemory(0, 1024));
        await _input.Writer.WriteAsync(frame.AsMemory(1024));

        Assert.Equal(2048, (await session.Stdin.Reader.ReadAtLeastAsync(2048)).Buffer.Length);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _ending.Dispose();

    private async Task<AcceptedSession> OpenAsync()
    {
        await _input.Writer.WriteAsync(Frames.Begin(Frames.Of(FrameType.Connect, 1, """{"port":1}""")));
        return await _session.Task;
    }
}
