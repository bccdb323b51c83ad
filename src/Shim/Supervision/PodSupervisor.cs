using VirtualKubelet.Shim.Output;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol;
using VirtualKubelet.Shim.State;

namespace VirtualKubelet.Shim.Supervision;

/// <summary>
/// Runs one pod: init containers one after the other, then the main containers side by side, and leaves nothing running behind.
/// </summary>
internal sealed class PodSupervisor : IDisposable
{
    private static readonly TimeSpan LeftoverBound = TimeSpan.FromSeconds(5);
    private readonly PodPlan plan;
    private readonly PodBoard board;
    private readonly ContainerLauncher launcher;
    private readonly RestartDelays delays;
    private readonly TimeProvider time;
    private readonly Journal journal;
    private readonly StopFile stopFile;
    private readonly PodStop stop;
    private readonly PodDeadlines deadlines;
    private readonly CancellationTokenSource over = new();

    // A copy, because a late signal must not find a disposed source.
    private readonly CancellationToken whileRunning;

    public PodSupervisor(PodPlan plan, PodBoard board, ContainerLauncher launcher, StopFile stopFile, RestartDelays delays, TimeProvider time, Journal journal)
    {
        this.plan = plan;
        this.board = board;
        this.launcher = launcher;
        this.stopFile = stopFile;
        this.delays = delays;
        this.time = time;
        this.journal = journal;
        whileRunning = over.Token;
        stop = new(board, time, journal);
        deadlines = new(plan, board.Current.StartedAt, stop, time, journal);
    }

    /// <summary>Runs the pod until no process of it is left; the board then holds the last word.</summary>
    /// <returns>False when the shim itself failed.</returns>
    public async Task<bool> RunAsync(StopSignals signals)
    {
        if (stopFile.Read() is not null)
        {
            RequestStop();
        }

        signals.Deliver(OnSignal);
        Watch(deadlines.WatchAsync(whileRunning));
        var healthy = await RunContainersAsync();
        stop.Close();
        await over.CancelAsync();
        if (!await ProcessTable.KillDescendantsAsync(LeftoverBound, time))
        {
            journal.Report("some processes of the pod do not end although they were killed; Slurm will see to them");
        }

        board.Update(pod => pod with { FinishedAt = time.GetUtcNow(), Supervisor = null });
        return healthy;
    }

    public void Dispose()
    {
        over.Dispose();
        stop.Dispose();
    }

    private async Task<bool> RunContainersAsync()
    {
        try
        {
            if (await RunInitContainersAsync())
            {
                await Task.WhenAll(plan.Containers.Select(c => RunAsync(c, plan.RestartPolicy)));
            }

            return true;
        }
        catch (Exception e)
        {
            journal.Report($"internal error: {e}");
            return false;
        }
    }

    private async Task<bool> RunInitContainersAsync()
    {
        // An init container that has exited 0 is done, whatever the pod's policy.
        var policy = plan.RestartPolicy == RestartPolicy.Never ? RestartPolicy.Never : RestartPolicy.OnFailure;
        foreach (var container in plan.InitContainers)
        {
            if (await RunAsync(container, policy) is not { ExitCode: 0 })
            {
                return false;
            }
        }

        return true;
    }

    private async Task<ContainerTerminated?> RunAsync(ContainerPlan container, RestartPolicy policy)
    {
        try
        {
            return await new ContainerSupervisor(container, policy, plan, launcher, board, stop, delays, time, journal).RunAsync();
        }
        catch (Exception e)
        {
            // The others must not run on without a supervisor that works; the caller reports.
            stop.Request(PodStopReasons.Terminated, $"the shim failed: {e.Message}", TimeSpan.FromSeconds(plan.TerminationGracePeriodSeconds));
            throw;
        }
    }

    private void OnSignal(int signal)
    {
        try
        {
            if (signal == LinuxConstants.SigUsr2)
            {
                Watch(deadlines.TimeLimitNearAsync(whileRunning));
            }
            else
            {
                RequestStop();
            }
        }
        catch (Exception e)
        {
            // Signals arrive on the pool's threads, where an exception would end the process and leave the containers alone.
            journal.Report($"internal error: {e}");
        }
    }

    private void RequestStop()
    {
        var grace = stopFile.Read()?.GracePeriodSeconds ?? plan.TerminationGracePeriodSeconds;
        stop.Request(PodStopReasons.Terminated, null, TimeSpan.FromSeconds(Math.Max(0, grace)));
    }

    /// <summary>Lets a watch run beside the containers; it ends with the pod.</summary>
    private void Watch(Task watch) => watch.ContinueWith(
        t => journal.Report($"internal error: {t.Exception}"),
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted,
        TaskScheduler.Default);
}
