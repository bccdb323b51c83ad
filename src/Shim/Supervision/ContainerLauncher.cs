using VirtualKubelet.Shim.Output;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol;
using VirtualKubelet.Shim.Runtimes;

namespace VirtualKubelet.Shim.Supervision;

/// <summary>Starts one run of a container: command line, log, pipes, process.</summary>
internal sealed class ContainerLauncher(
    IContainerRuntime runtime,
    PodDirectoryLayout layout,
    CommandStart start,
    TimeProvider time,
    Journal journal)
{
    /// <summary>Starts it.</summary>
    /// <param name="container">What to run.</param>
    /// <param name="restartCount">Names the log file.</param>
    /// <exception cref="ContainerStartException">It cannot be started; nothing is left behind but its log.</exception>
    public ContainerRun Launch(ContainerPlan container, int restartCount)
    {
        var command = runtime.Prepare(container);
        LogFile? log = null;
        OutputPump? output = null;
        try
        {
            log = LogFile.Open(layout.LogFile(container.Name, restartCount), journal);
            output = new(log, time);
            var oomKills = OomCounter.Read();
            var startedAt = time.GetUtcNow();
            var process = start.Launch(command, jobDirectory: null, request => request with { Stdout = output.Stdout, Stderr = output.Stderr });
            output.Start();
            return new(process, output, log, startedAt, oomKills, time);
        }
        catch (Exception e)
        {
            output?.Dispose();
            log?.Dispose();
            if (e is IOException or UnauthorizedAccessException)
            {
                throw new ContainerStartException($"cannot set up the output: {e.Message}");
            }

            throw;
        }
    }
}
