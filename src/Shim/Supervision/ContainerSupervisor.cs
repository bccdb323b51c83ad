using VirtualKubelet.Shim.Output;
using VirtualKubelet.Shim.Protocol;
using VirtualKubelet.Shim.Runtimes;
using VirtualKubelet.Shim.State;
using VirtualKubelet.Shim.Termination;

namespace VirtualKubelet.Shim.Supervision;

/// <summary>Runs one container as often as its restart policy asks, and keeps its place on the board.</summary>
internal sealed class ContainerSupervisor(
    ContainerPlan plan,
    RestartPolicy policy,
    PodPlan pod,
    ContainerLauncher launcher,
    PodBoard board,
    PodStop stop,
    RestartDelays delays,
    TimeProvider time,
    Journal journal)
{
    private const int StartErrorExitCode = 128;

    // The message ends up in the pod's status; the program's name in it may be as long as the pod likes.
    private const int LongestMessage = 1024;
    private readonly RestartBackOff backOff = new(delays);

    /// <summary>Runs it to its end.</summary>
    /// <returns>How the last run ended, or null when the pod was stopped before the first.</returns>
    public async Task<ContainerTerminated?> RunAsync()
    {
        ContainerTerminated? ended = null;
        while (!stop.Stopping.IsCancellationRequested)
        {
            if (ended is not null)
            {
                board.Update(plan.Name, c => c with { RestartCount = c.RestartCount + 1 });
            }

            var before = ended ?? board.Find(plan.Name).LastTerminated;
            ended = await RunOnceAsync();
            if (!IsRestarted(ended) || !await BackOffAsync(ended))
            {
                board.Update(plan.Name, c => c with { Waiting = null, Running = null, Terminated = ended, LastTerminated = before });
                break;
            }
        }

        return ended;
    }

    private bool IsRestarted(ContainerTerminated ended) =>
        !stop.Stopping.IsCancellationRequested
        && (policy == RestartPolicy.Always || (policy == RestartPolicy.OnFailure && ended.ExitCode != 0));

    private async Task<ContainerTerminated> RunOnceAsync()
    {
        ContainerRun run;
        try
        {
            run = await launcher.LaunchAsync(plan, board.Find(plan.Name).RestartCount, stop.Killing);
        }
        catch (ContainerStartException e)
        {
            return await ConcludeAsync(
                new() { ExitCode = StartErrorExitCode, Reason = TerminatedReasons.StartError, Message = Shorten(e.Message), FinishedAt = time.GetUtcNow() },
                run: null);
        }

        journal.Report($"container {plan.Name} started, process {run.Pid}");
        board.Update(plan.Name, c => c with { Waiting = null, Running = new(run.StartedAt, run.Pid) });

        // Called at once when the stop has overtaken the start.
        using var kill = stop.Killing.Register(run.Kill);
        using var terminate = stop.Stopping.Register(run.Terminate);
        return await ConcludeAsync(await run.EndAsync(), run);
    }

    /// <summary>Tells of the end, in the shim's own words only, and completes it with the container's.</summary>
    private async Task<ContainerTerminated> ConcludeAsync(ContainerTerminated ended, ContainerRun? run)
    {
        journal.Report($"container {plan.Name} ended: {ended.Reason}, exit code {ended.ExitCode}{(ended.Message is null ? "" : $", {ended.Message}")}");
        var said = run is null ? [] : await run.MessageAsync(ended.ExitCode);
        return ended with { Message = MessageText.Join(ended.Message, said, MessageText.Share(pod)) };
    }

    /// <summary>Waits for the next start; false when the pod is stopped meanwhile.</summary>
    private async Task<bool> BackOffAsync(ContainerTerminated ended)
    {
        var delay = backOff.After(ended.FinishedAt - (ended.StartedAt ?? ended.FinishedAt));
        var message = $"back-off {Words(delay)} restarting failed container={plan.Name} pod={pod.Name}_{pod.Namespace}({pod.Uid})";
        board.Update(plan.Name, c => c with { Running = null, Waiting = new(WaitingReasons.CrashLoopBackOff, message), LastTerminated = ended });
        try
        {
            // From the end of the run: draining its output has taken some of it.
            var rest = delay - (time.GetUtcNow() - ended.FinishedAt);
            await Task.Delay(rest > TimeSpan.Zero ? (rest < delay ? rest : delay) : TimeSpan.Zero, time, stop.Stopping);
            return !stop.Stopping.IsCancellationRequested;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static string Shorten(string message) => message.Length <= LongestMessage ? message : $"{message[..LongestMessage]}…";

    /// <summary>As Go prints a duration: <c>10s</c>, <c>2m40s</c>, <c>5m0s</c>.</summary>
    private static string Words(TimeSpan delay) => delay switch
    {
        { TotalSeconds: < 1 } => $"{delay.TotalMilliseconds:0}ms",
        { TotalMinutes: < 1 } => $"{delay.TotalSeconds:0.###}s",
        _ => $"{(int)delay.TotalMinutes}m{delay.Seconds}s",
    };
}
