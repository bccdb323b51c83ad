using System.Globalization;
using System.Text.Json;
using VirtualKubelet.Shim.Attach;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol;
using VirtualKubelet.Shim.Protocol.Channel;
using VirtualKubelet.Shim.Runtimes;
using VirtualKubelet.Shim.State;

namespace VirtualKubelet.Shim.Channel;

/// <summary>The pod as the channel meets it: what its files say of the containers, and where its supervisor runs.</summary>
internal sealed class PodTarget(PodDirectoryLayout layout, PodPlan plan)
{
    private readonly Lock gate = new();
    private (int Pid, JobEnvironment Environment, string? Directory)? job;

    /// <summary>The pod directory.</summary>
    public PodDirectoryLayout Layout => layout;

    /// <summary>How commands enter the containers.</summary>
    public IContainerRuntime Runtime { get; } = ContainerRuntimes.Find(plan.Runtime)!;

    /// <summary>A running container.</summary>
    /// <exception cref="SessionException">It is not there or not running.</exception>
    public (ContainerPlan Plan, ContainerRunning Running, SupervisorLocation Supervisor) Find(string container)
    {
        var found = plan.InitContainers.Concat(plan.Containers).FirstOrDefault(c => c.Name == container)
            ?? throw new SessionException(ChannelErrorKind.NotFound, $"the pod has no container \"{container}\"");
        var state = ReadState();
        var running = state?.InitContainers.Concat(state.Containers).FirstOrDefault(c => c?.Name == container)?.Running;
        return running is not null && state?.Supervisor is { } supervisor
            ? (found, running, supervisor)
            : throw new SessionException(ChannelErrorKind.NotRunning, $"container \"{container}\" is not running");
    }

    /// <summary>
    /// The environment and the directory the supervisor was started with, which is what the containers got: the channel's own are those of another job step.
    /// </summary>
    /// <exception cref="SessionException">The supervisor is gone.</exception>
    public (JobEnvironment Environment, string? Directory) JobOf(SupervisorLocation supervisor)
    {
        lock (gate)
        {
            if (job is not { } known || known.Pid != supervisor.Pid)
            {
                job = known = ReadJob(supervisor.Pid);
            }

            return (known.Environment, known.Directory);
        }
    }

    private static (int Pid, JobEnvironment Environment, string? Directory) ReadJob(int pid)
    {
        try
        {
            var directory = new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/cwd")).LinkTarget;
            return (pid, JobEnvironment.Of(pid), Directory.Exists(directory) ? directory : null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SessionException(ChannelErrorKind.NotRunning, $"the pod's supervisor is gone: {e.Message}");
        }
    }

    private PodState? ReadState()
    {
        try
        {
            return PodFiles.Read(layout.StateFile, ShimJson.Files.PodState) is { InitContainers: not null, Containers: not null } state && state.Uid == plan.Uid ? state : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new SessionException(ChannelErrorKind.Unavailable, $"cannot read {layout.StateFile}: {e.Message}");
        }
    }
}
