using VirtualKubelet.Shim.Descriptors;
using VirtualKubelet.Shim.Output;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol;
using VirtualKubelet.Shim.Protocol.Channel;
using VirtualKubelet.Shim.Protocol.Descriptors;
using VirtualKubelet.Shim.State;
using VirtualKubelet.Shim.Supervision;

namespace VirtualKubelet.Shim.Channel;

/// <summary><c>vk-slurm-shim channel</c>: serves the sessions of one pod over stdin and stdout until stdin ends; then nothing it started is left.</summary>
internal static class ChannelRun
{
    private static readonly TimeSpan LeftoverBound = TimeSpan.FromSeconds(5);

    /// <summary>Serves; returns what the shim exits with.</summary>
    /// <param name="layout">The pod's directory.</param>
    /// <param name="isShared">Whether others write into stdout as well (<see cref="FramePieces"/>).</param>
    /// <param name="signals">What ends it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="journal">What it tells people.</param>
    /// <exception cref="ShimException">The pod directory cannot be used.</exception>
    public static async Task<int> RunAsync(PodDirectoryLayout layout, bool isShared, StopSignals signals, TimeProvider time, Journal journal)
    {
        var plan = PlanReader.Read(layout);
        InheritedDescriptors.CloseOnExec();
        var reaper = new ProcessReaper(time);
        reaper.Start();
        using var stopping = new CancellationTokenSource();
        var stop = stopping.Token;
        signals.Deliver(signal => Stop(signal, stopping));
        var sessions = new SessionServer(new PodTarget(layout, plan), reaper, time, journal);
        var input = new DescriptorStream(0);
        var connection = new ChannelConnection(
            input,
            new BlockingOutput(1, isShared),
            new() { Version = ChannelLimits.Version, Program = $"vk-slurm-shim {ShimVersion.Text}" },
            sessions.Begin,
            input.TryMakeRoom(ChannelConnection.PipeRoom) ? time : null);
        var dialling = DialBack.RunAsync(connection, journal, stop);
        try
        {
            await connection.RunAsync(stop);
        }
        catch (Exception e) when (e is IOException or ChannelProtocolException)
        {
            journal.Report(e.Message);
        }

        await stopping.CancelAsync();
        await dialling;
        await sessions.EndAsync();
        await ProcessTable.KillDescendantsAsync(LeftoverBound, time);
        return 0;
    }

    private static void Stop(int signal, CancellationTokenSource stopping)
    {
        // The warning before the time limit means the supervisor.
        if (signal != LinuxConstants.SigUsr2)
        {
            _ = stopping.CancelAsync();
        }
    }
}
