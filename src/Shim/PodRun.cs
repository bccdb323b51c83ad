using VirtualKubelet.Shim.Attach;
using VirtualKubelet.Shim.Output;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol;
using VirtualKubelet.Shim.Runtimes;
using VirtualKubelet.Shim.State;
using VirtualKubelet.Shim.Supervision;

namespace VirtualKubelet.Shim;

/// <summary><c>vk-slurm-shim run</c>: claims the directory, reads the plan, supervises the pod, has the last word.</summary>
internal static class PodRun
{
    private static readonly TimeSpan LastWriteBound = TimeSpan.FromSeconds(20);

    /// <summary>Runs the pod; returns what the shim exits with.</summary>
    /// <exception cref="ShimException">It cannot be run.</exception>
    public static async Task<int> RunAsync(CommandLine command, StopSignals signals, TimeProvider time, Journal journal)
    {
        var job = JobIdentity.FromEnvironment()
            ?? throw new ShimException(ShimExitCodes.Usage, "neither SLURM_JOB_ID nor VK_JOB_ID is set: the shim runs inside a job");
        var layout = new PodDirectoryLayout(command.PodDirectory);
        DirectoryClaim.Take(layout, job, time.GetUtcNow());
        var plan = PlanReader.Read(layout);
        var previous = InitialState.ReadPrevious(layout, plan);
        var stopFile = new StopFile(layout, journal);
        if (previous is not null && PodOutcome.IsFinal(previous, stopFile.Read() is not null))
        {
            journal.Report($"the pod has already ended, at {previous.FinishedAt:O}; it is not run again");
            return PodOutcome.ExitCode(previous);
        }

        InheritedDescriptors.CloseOnExec();
        var points = new AttachPoints();
        using var attach = AttachServer.TryStart(points, journal);
        var board = new PodBoard(InitialState.Create(plan, job, previous, time.GetUtcNow()) with { Supervisor = new(Environment.ProcessId, attach?.Name) });
        using var publisher = new StatePublisher(board, layout.StateFile, board.Current.Sequence, time, journal);
        publisher.Start();
        journal.Report($"version {ShimVersion.Text} runs pod {plan.Namespace}/{plan.Name} ({plan.Uid}) in job {job.JobId} on {job.Node}");
        using var supervisor = new PodSupervisor(plan, board, Launcher(plan, layout, points, time, journal), stopFile, command.Delays, time, journal);
        var healthy = await supervisor.RunAsync(signals);
        return await LastWordAsync(board, publisher, healthy, journal);
    }

    private static ContainerLauncher Launcher(PodPlan plan, PodDirectoryLayout layout, AttachPoints points, TimeProvider time, Journal journal)
    {
        var reaper = new ProcessReaper(time);
        reaper.Start();
        return new(ContainerRuntimes.Find(plan.Runtime)!, layout, new(JobEnvironment.Read(), layout, reaper, time), points, time, journal);
    }

    private static async Task<int> LastWordAsync(PodBoard board, StatePublisher publisher, bool healthy, Journal journal)
    {
        if (!await publisher.FinishAsync(LastWriteBound))
        {
            return ShimExitCodes.Io;
        }

        var code = healthy ? PodOutcome.ExitCode(board.Current) : ShimExitCodes.Internal;
        journal.Report($"the pod has ended; exit code {code}");
        return code;
    }
}
