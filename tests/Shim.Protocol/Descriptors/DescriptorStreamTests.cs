using System.Diagnostics;
using System.IO.Pipes;
using VirtualKubelet.Shim.Protocol.Channel;
using VirtualKubelet.Shim.Protocol.Descriptors;

namespace VirtualKubelet.Shim.Protocol.Tests.Descriptors;

public sealed class DescriptorStreamTests
{
    private const int Deadline = 60_000;

    [Fact(Timeout = Deadline)]
    public async Task A_process_can_print_as_much_as_there_is_room_for_before_anybody_reads()
    {
        using var process = Process.Start(new ProcessStartInfo("head", ["-c", $"{ChannelConnection.PipeRoom}", "/dev/zero"]) { RedirectStandardOutput = true })!;
        await using var stream = DescriptorStream.DuplicateOf(((PipeStream)process.StandardOutput.BaseStream).SafePipeHandle);
        process.StandardOutput.Dispose();

        Assert.True(stream.TryMakeRoom(ChannelConnection.PipeRoom));
        await process.WaitForExitAsync();

        Assert.Equal(ChannelConnection.PipeRoom, await CountAsync(stream));
    }

    [Fact(Timeout = Deadline)]
    public async Task What_is_no_pipe_gets_no_room()
    {
        using var file = File.OpenHandle("/dev/null");
        await using var stream = DescriptorStream.DuplicateOf(file);

        Assert.False(stream.TryMakeRoom(ChannelConnection.PipeRoom));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_read_waits_for_what_is_written_and_for_the_end()
    {
        using var writer = new AnonymousPipeServerStream(PipeDirection.Out);
        await using var stream = DescriptorStream.DuplicateOf(writer.ClientSafePipeHandle);
        writer.DisposeLocalCopyOfClientHandle();
        var buffer = new byte[16];

        for (var i = 0; i < 3; i++)
        {
            var reading = stream.ReadAsync(buffer);
            Assert.False(reading.IsCompleted);
            writer.Write("hello"u8);
            Assert.Equal(5, await reading);
        }

        var last = stream.ReadAsync(buffer);
        writer.Dispose();
        Assert.Equal(0, await last);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_read_that_waits_is_given_up_when_asked_to()
    {
        using var writer = new AnonymousPipeServerStream(PipeDirection.Out);
        await using var stream = DescriptorStream.DuplicateOf(writer.ClientSafePipeHandle);
        using var leaving = new CancellationTokenSource();
        var reading = stream.ReadAsync(new byte[16], leaving.Token).AsTask();

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    private static async Task<long> CountAsync(Stream stream)
    {
        var (buffer, count) = (new byte[64 * 1024], 0L);
        while (await stream.ReadAsync(buffer) is var read and > 0)
        {
            count += read;
        }

        return count;
    }
}
