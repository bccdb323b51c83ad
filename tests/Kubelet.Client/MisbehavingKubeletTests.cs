using System.Diagnostics;
using VirtualKubelet.Kubelet.Client.Tests.Support;
using VirtualKubelet.Kubelet.Streaming.RemoteCommand;

namespace VirtualKubelet.Kubelet.Client.Tests;

/// <summary>Sessions with kubelets that vanish, stall, or send what they should not: never an exit code that nobody sent, never a hang.</summary>
public sealed class MisbehavingKubeletTests
{
    private const int TestMilliseconds = 60_000;

    public static TheoryData<string, byte[]> Endings => new()
    {
        { "nothing", [] },
        { "close 1000", RawFrames.Close(1000) },
        { "close 1011", RawFrames.Close(1011) },
        { "close without a code", RawFrames.Frame(8, []) },
        { "half a frame", [0x82, 0x20, 1, 2, 3] },
        { "half a header", [0x82] },
        { "half a status", RawFrames.Message(3, """{"status":"Succ""") },
        { "a status in a message that never ends", RawFrames.Frame(2, [3, .. """{"status":"Success" """u8], isFinal: false) },
        { "an empty status", RawFrames.Message(3, "") },
    };

    public static TheoryData<string> Nonsense =>
    [
        "success",
        "[]",
        "{}",
        """{"status":"Perhaps"}""",
        """{"status":7}""",
        """{"status":"Failure","reason":"NonZeroExitCode"}""",
        """{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"256"}]}}""",
        """{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"-1"}]}}""",
        """{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":"none"}}""",
    ];

    [Theory(Timeout = TestMilliseconds)]
    [MemberData(nameof(Endings))]
    public async Task An_end_without_a_status_is_an_error(string what, byte[] bytes)
    {
        var result = await RunAsync([.. RawFrames.Message(1, "out"), .. bytes]);

        Assert.True(result.Outcome == RemoteCommandOutcome.ConnectionLost, $"{what}: {result}");
        Assert.Null(result.ExitCode);
        Assert.Throws<IOException>(() => result.RequireExitCode());
    }

    [Theory(Timeout = TestMilliseconds)]
    [MemberData(nameof(Nonsense))]
    public async Task A_status_that_makes_no_sense_is_an_error(string status)
    {
        var result = await RunAsync(RawFrames.Message(3, status));

        Assert.Equal((RemoteCommandOutcome.ProtocolBroken, null), (result.Outcome, result.ExitCode));
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_status_without_end_is_an_error()
    {
        var piece = RawFrames.Message(3, new string(' ', 50_000));

        var result = await RunAsync([.. piece, .. piece, .. piece]);

        Assert.Equal(RemoteCommandOutcome.ProtocolBroken, result.Outcome);
    }

    [Theory(Timeout = TestMilliseconds)]
    [InlineData(0x82, 0x81)]
    [InlineData(0xC2, 0x01)]
    [InlineData(0x83, 0x01)]
    [InlineData(0x80, 0x01)]
    public async Task Frames_against_the_rules_end_the_session_with_an_error(byte first, byte second)
    {
        var result = await RunAsync([first, second, .. new byte[32], .. RawFrames.Message(3, """{"status":"Success"}""")]);

        Assert.Equal((RemoteCommandOutcome.ConnectionLost, null), (result.Outcome, result.ExitCode));
        Assert.Contains("WebSocket", result.Message);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_message_beyond_all_measure_ends_the_session_with_an_error()
    {
        var result = await RunAsync([0x82, 127, 0, 0, 0, 0, 0xFF, 0, 0, 0, 1, 2, 3]);

        Assert.Equal(RemoteCommandOutcome.ConnectionLost, result.Outcome);
        Assert.Contains("longer than", result.Message);
    }

    [Fact(Timeout = TestMilliseconds)]
    [Trait("Item", "W8")]
    [Trait("Item", "W10")]
    public async Task Messages_however_they_are_cut_and_what_nobody_asked_for_do_no_harm()
    {
        byte[] bytes =
        [
            .. RawFrames.Frame(2, [1]),
            .. RawFrames.Frame(2, []),
            .. RawFrames.Message(77, "unknown"),
            .. RawFrames.Message(0, "stdin, backwards"),
            .. RawFrames.Frame(2, [1, (byte)'a'], isFinal: false),
            .. RawFrames.Frame(9, [1, 2, 3]),
            .. RawFrames.Frame(0, [(byte)'b'], isFinal: false),
            .. RawFrames.Frame(0, []),
            .. RawFrames.Frame(1, [1, (byte)'c']),
            .. RawFrames.Frame(2, [3], isFinal: false),
            .. RawFrames.Frame(0, [.. """{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"Other"},{"reason":"ExitCode","message":"137"}]}}"""u8]),
        ];
        await using var kubelet = new ScriptedKubelet();
        kubelet.Answer = async (stream, cancellationToken) =>
        {
            await RawFrames.AcceptAsync(kubelet, stream);
            foreach (var one in bytes)
            {
                await stream.WriteAsync(new[] { one }, cancellationToken);
            }
        };
        using var client = new KubeletClient(Options(kubelet));
        await using var session = await client.ExecAsync(Request(), CancellationToken.None);

        Assert.Equal("abc", await session.Stdout!.TextAsync());
        Assert.Equal((RemoteCommandOutcome.Exited, 137), ((await session.Completion).Outcome, (await session.Completion).ExitCode));
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_huge_message_passes_in_pieces()
    {
        const int Length = 20 * 1024 * 1024;
        await using var kubelet = new ScriptedKubelet();
        kubelet.Answer = async (stream, cancellationToken) =>
        {
            await RawFrames.AcceptAsync(kubelet, stream);
            await stream.WriteAsync(new byte[] { 0x82, 127, 0, 0, 0, 0, (Length + 1) >> 24, (Length + 1) >> 16 & 0xFF, (Length + 1) >> 8 & 0xFF, (Length + 1) & 0xFF, 1 }, cancellationToken);
            await stream.WriteAsync(new byte[Length], cancellationToken);
            await stream.WriteAsync(RawFrames.Message(3, """{"status":"Success"}"""), cancellationToken);
        };
        using var client = new KubeletClient(Options(kubelet));
        await using var session = await client.ExecAsync(Request(), CancellationToken.None);

        Assert.Equal(Length, (await session.Stdout!.BytesAsync()).Length);
        Assert.Equal(0, (await session.Completion).ExitCode);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_status_is_final_although_the_kubelet_does_not_close()
    {
        await using var kubelet = new ScriptedKubelet();
        kubelet.Answer = async (stream, cancellationToken) =>
        {
            await RawFrames.AcceptAsync(kubelet, stream);
            await stream.WriteAsync((byte[])[.. RawFrames.Message(1, "out"), .. RawFrames.Message(3, """{"status":"Success"}""")], cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        };
        using var client = new KubeletClient(Options(kubelet));
        await using var session = await client.ExecAsync(Request(), CancellationToken.None);

        Assert.Equal("out", await session.Stdout!.TextAsync());
        Assert.Equal(0, (await session.Completion).ExitCode);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_kubelet_that_falls_silent_is_noticed()
    {
        await using var kubelet = new ScriptedKubelet();
        kubelet.Answer = async (stream, cancellationToken) =>
        {
            await RawFrames.AcceptAsync(kubelet, stream);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        };
        using var client = new KubeletClient(Options(kubelet) with { KeepAliveInterval = TimeSpan.FromMilliseconds(100), KeepAliveTimeout = TimeSpan.FromSeconds(1) });
        var start = Stopwatch.GetTimestamp();
        await using var session = await client.ExecAsync(Request(), CancellationToken.None);

        var result = await session.Completion;

        Assert.Equal(RemoteCommandOutcome.ConnectionLost, result.Outcome);
        Assert.Contains("no sign of life for 1 s", result.Message);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 1, 20);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_command_that_is_silent_or_takes_no_input_or_has_a_slow_reader_is_not_taken_for_dead()
    {
        var reads = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var kubelet = await ExecKubelet.StartAsync(async session =>
        {
            // Reads nothing for twice the deadline, so that its server answers no ping either.
            await reads.Task;
            await session.Stdin!.CopyToAsync(session.Stdout!);
            return RemoteCommandStatus.Exited(4);
        });
        using var client = new KubeletClient(kubelet.Options with { KeepAliveInterval = TimeSpan.FromMilliseconds(100), KeepAliveTimeout = TimeSpan.FromSeconds(2) });
        await using var quiet = await client.ExecAsync(Request() with { Stdin = true }, CancellationToken.None);
        await using var busy = await client.ExecAsync(Request() with { Stdin = true }, CancellationToken.None);
        var bytes = new byte[400 * 1024];
        var sending = busy.Stdin!.AsStream().WriteAsync(bytes).AsTask();

        await Task.Delay(TimeSpan.FromSeconds(5));
        Assert.False(quiet.Completion.IsCompleted);
        Assert.False(busy.Completion.IsCompleted);

        // From here on it is our side that does not read.
        reads.SetResult();
        await Task.Delay(TimeSpan.FromSeconds(5));
        var receiving = busy.Stdout!.BytesAsync();
        await sending;
        await busy.Stdin!.CompleteAsync();
        await quiet.Stdin!.CompleteAsync();

        Assert.Equal(bytes.Length, (await receiving).Length);
        Assert.Equal((4, 4), ((await quiet.Completion).ExitCode, (await busy.Completion).ExitCode));
    }

    private static ExecRequest Request() => new("ns", "p", "c", ["x"]);

    private static KubeletClientOptions Options(ScriptedKubelet kubelet) => new() { Server = kubelet.Uri, PinnedCertificateFile = kubelet.CertificateFile };

    private static async Task<RemoteCommandResult> RunAsync(byte[] bytes)
    {
        await using var kubelet = new ScriptedKubelet();
        kubelet.Answer = async (stream, cancellationToken) =>
        {
            await RawFrames.AcceptAsync(kubelet, stream);
            await stream.WriteAsync(bytes, cancellationToken);
        };
        using var client = new KubeletClient(Options(kubelet));
        await using var session = await client.ExecAsync(Request(), CancellationToken.None);
        return await session.Completion;
    }
}
