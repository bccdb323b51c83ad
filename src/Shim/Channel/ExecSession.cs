using VirtualKubelet.Shim.Attach;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol;
using VirtualKubelet.Shim.Protocol.Channel;
using VirtualKubelet.Shim.Runtimes;

namespace VirtualKubelet.Shim.Channel;

/// <summary>One command run in a container, from its start to the last byte of its output.</summary>
internal sealed class ExecSession(AcceptedSession session, PodTarget target, ProcessReaper reaper, TimeProvider time)
{
    private static readonly TimeSpan DrainBound = TimeSpan.FromSeconds(2);

    /// <summary>From HUP and TERM to KILL when whoever asked has left.</summary>
    private static readonly TimeSpan LeaveGrace = TimeSpan.FromSeconds(3);

    /// <summary>Runs it.</summary>
    /// <exception cref="SessionException">The container is not running.</exception>
    /// <exception cref="ContainerStartException">The command cannot be started.</exception>
    public async Task RunAsync(ExecMessage request)
    {
        var (plan, running, supervisor) = target.Find(request.Container);
        var command = Command(request, plan, running);
        var (environment, directory) = target.JobOf(supervisor);
        using var io = request.Tty ? ExecIo.WithTerminal(new(request.Width, request.Height)) : ExecIo.WithPipes(request.Stdin);
        var process = await new CommandStart(environment, target.Layout, reaper, time).LaunchAsync(command, directory, io.Give, session.Cancelled);
        io.CloseProcessEnds();

        // Not a word before there is something to tell: Slurm's stdio connections hold a second small write back until the first is acknowledged,
        // which takes 40 ms. The closing is also the end of the lanes.
        var exit = await CarryAsync(process, io);
        session.Close(ClosedMessage.Exited(exit.ExitCode));
    }

    private ContainerCommand Command(ExecMessage request, ContainerPlan plan, ContainerRunning running)
    {
        if (request.Command is not { Count: > 0 } || request.Command.Any(a => a is null || a.Contains('\0')))
        {
            throw new ContainerStartException("the command is empty or holds a NUL character");
        }

        var command = target.Runtime.PrepareExec(plan, running, request.Command);

        // As containerd does: the job's own TERM, if any, speaks of another terminal.
        return request.Tty ? command with { Environment = [new("TERM", "xterm"), .. command.Environment] } : command;
    }

    private async Task<ExitStatus> CarryAsync(ChildProcess process, ExecIo io)
    {
        using var drained = new CancellationTokenSource();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(session.Cancelled);
        await using var leaving = session.Cancelled.Register(() => _ = LeaveAsync(process, io));
        var outputs = Task.WhenAll(io.Outputs(session).Select(o => LanePump.CopyAsync(o.From, o.To, drained.Token, session.Cancelled)));
        var inputs = Task.WhenAll(CopyInputAsync(io, over.Token), ResizeAsync(io, over.Token));
        var exit = await process.Exited;
        drained.CancelAfter(DrainBound);
        try
        {
            await outputs.WaitAsync(session.Cancelled);
            return exit;
        }
        finally
        {
            await over.CancelAsync();
            await inputs;
        }
    }

    private async Task CopyInputAsync(ExecIo io, CancellationToken cancellationToken)
    {
        try
        {
            if (io.Input is { } input && await LanePump.CopyAsync(session.Stdin, input, cancellationToken))
            {
                io.EndInput();
            }
            else if (io.Input is null)
            {
                // Nobody reads it, so nobody shall wait for room either.
                await session.Stdin.Reader.CompleteAsync();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            // The command has ended, or whoever asked has left: an end of file now would look like the end of the input.
        }
    }

    private async Task ResizeAsync(ExecIo io, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var size in session.Sizes.ReadAllAsync(cancellationToken))
            {
                io.Terminal?.Resize(size);
            }
        }
        catch (OperationCanceledException)
        {
            // The command has ended.
        }
    }

    private async Task LeaveAsync(ChildProcess process, ExecIo io)
    {
        // Continued as well: a stopped process would take no notice. The terminal's foreground is another group than the shell's.
        foreach (var signal in (int[])[LinuxConstants.SigHup, LinuxConstants.SigTerm, LinuxConstants.SigCont])
        {
            process.SignalGroup(signal);
            io.Terminal?.SignalForeground(signal);
        }

        await Task.WhenAny(process.Exited, Task.Delay(LeaveGrace, time));
        process.SignalGroup(LinuxConstants.SigKill);
    }
}
