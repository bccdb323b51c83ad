using VirtualKubelet.Shim.Attach;
using VirtualKubelet.Shim.Output;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol;
using VirtualKubelet.Shim.Runtimes;
using VirtualKubelet.Shim.Termination;

namespace VirtualKubelet.Shim.Supervision;

/// <summary>Starts one run of a container: command line, log, pipes, process.</summary>
internal sealed class ContainerLauncher(
    IContainerRuntime runtime,
    PodDirectoryLayout layout,
    CommandStart start,
    AttachPoints points,
    TimeProvider time,
    Journal journal)
{
    /// <summary>Starts it.</summary>
    /// <param name="container">What to run.</param>
    /// <param name="restartCount">Names the log file.</param>
    /// <param name="cancellationToken">Ends a start that takes long.</param>
    /// <exception cref="ContainerStartException">It cannot be started; nothing is left behind but its log.</exception>
    public async Task<ContainerRun> LaunchAsync(ContainerPlan container, int restartCount, CancellationToken cancellationToken)
    {
        var command = runtime.Prepare(container);
        var logPath = layout.LogFile(container.Name, restartCount);
        var message = await TerminationMessage.ExpectAsync(container, () => runtime.TerminationMessageFile(container, layout), logPath, time, journal);
        LogFile? log = null;
        ContainerIo? io = null;
        try
        {
            log = LogFile.Open(logPath, journal);
            io = ContainerIo.Open(container, log, time);
            var oomKills = OomCounter.Read();
            var startedAt = time.GetUtcNow();
            var process = await start.LaunchAsync(WithTerm(container, command), jobDirectory: null, io.Give, cancellationToken);
            io.Start();
            points.Add(container.Name, io.Point);
            return new(process, io, log, message, startedAt, oomKills, () => points.Remove(container.Name, io.Point), time);
        }
        catch (Exception e)
        {
            io?.Dispose();
            log?.Dispose();
            if (e is IOException or UnauthorizedAccessException)
            {
                throw new ContainerStartException($"cannot set up the output: {e.Message}");
            }

            throw;
        }
    }

    // As containerd does: the job's own TERM, if any, speaks of another terminal.
    private static ContainerCommand WithTerm(ContainerPlan container, ContainerCommand command) =>
        container.Tty ? command with { Environment = [new("TERM", "xterm"), .. command.Environment] } : command;
}
