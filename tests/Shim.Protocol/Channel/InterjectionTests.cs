using System.IO.Pipelines;
using System.Text;
using VirtualKubelet.Shim.Protocol.Channel;

namespace VirtualKubelet.Shim.Protocol.Tests.Channel;

/// <summary>Slurm's words among the frames of a channel.</summary>
public sealed class InterjectionTests
{
    private const int Deadline = 60_000;
    private readonly StringBuilder _heard = new();

    [Fact(Timeout = Deadline)]
    public async Task What_is_said_before_between_and_after_frames_is_heard_and_harms_nothing()
    {
        AcceptedSession? session = null;
        byte[] bytes =
        [
            .. "first "u8, .. Preamble.Bytes,
            .. "second "u8, .. Frames.Of(FrameType.Greeting, 0, Frames.Greeting),
            .. "third "u8, .. Frames.Of(FrameType.Connect, 1, """{"port":1}"""), .. Frames.Of(FrameType.Data, 1, "da"),
            .. "fourth "u8, .. Frames.Of(FrameType.Data, 1, "ta"), .. Frames.Of(FrameType.End, 1),
            .. "last"u8,
        ];

        await RunAsync(bytes, s => session = s);

        var read = await session!.Stdin.Reader.ReadAtLeastAsync(4);
        Assert.Equal("data", Encoding.UTF8.GetString(read.Buffer));
        Assert.Equal("first second third fourth last", _heard.ToString());
    }

    [Fact(Timeout = Deadline)]
    public async Task What_is_said_instead_of_frames_is_heard()
    {
        await RunAsync("slurmstepd: error: execve(): No such file or directory\n"u8.ToArray(), _ => { });

        Assert.Equal("slurmstepd: error: execve(): No such file or directory\n", _heard.ToString());
    }

    [Fact(Timeout = Deadline)]
    public async Task What_is_said_while_the_preamble_does_not_come_is_heard_at_once()
    {
        var input = new Pipe();
        using var giveUp = new CancellationTokenSource();
        var heard = new TaskCompletionSource<string>();
        var running = new ChannelConnection(
            input.Reader.AsStream(), Stream.Null, ChannelPair.Greeting("shim"), _ => { }, interjections: text => heard.TrySetResult(Encoding.UTF8.GetString(text))).RunAsync(giveUp.Token);

        await input.Writer.WriteAsync("slurmstepd: error: prolog hangs\n"u8.ToArray());

        Assert.Equal("slurmstepd: error: prolog hangs\n", await heard.Task);
        await giveUp.CancelAsync();
        await running;
    }

    [Fact(Timeout = Deadline)]
    public async Task Half_a_frame_at_the_end_is_an_error_whatever_was_said_before()
    {
        byte[] bytes = [.. Frames.Begin(), .. "words"u8, .. Frames.Of(FrameType.Connect, 1, """{"port":1}""")[..^1]];

        var error = await Assert.ThrowsAsync<ChannelProtocolException>(() => RunAsync(bytes, _ => { }));

        Assert.Contains("half a frame", error.Message, StringComparison.Ordinal);
        Assert.Equal("words", _heard.ToString());
    }

    private Task RunAsync(byte[] bytes, Action<AcceptedSession> serve) =>
        new ChannelConnection(new MemoryStream(bytes), Stream.Null, ChannelPair.Greeting("shim"), serve, interjections: text => _heard.Append(Encoding.UTF8.GetString(text)))
            .RunAsync(CancellationToken.None);
}
