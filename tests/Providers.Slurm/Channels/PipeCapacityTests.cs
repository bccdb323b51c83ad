using System.Diagnostics;
using VirtualKubelet.Providers.Slurm.Channels;
using VirtualKubelet.Shim.Protocol.Channel;

namespace VirtualKubelet.Providers.Slurm.Tests.Channels;

public sealed class PipeCapacityTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_process_can_print_as_much_as_there_is_room_for_before_anybody_reads()
    {
        using var process = Process.Start(new ProcessStartInfo("head", ["-c", $"{ChannelConnection.PipeRoom}", "/dev/zero"]) { RedirectStandardOutput = true })!;

        Assert.True(PipeCapacity.TryRaise(process.StandardOutput));
        await process.WaitForExitAsync();

        Assert.Equal(ChannelConnection.PipeRoom, (await process.StandardOutput.ReadToEndAsync()).Length);
    }

    [Fact]
    public void What_is_no_pipe_gets_no_room()
    {
        using var reader = new StreamReader(Stream.Null);

        Assert.False(PipeCapacity.TryRaise(reader));
    }
}
