using System.Text;
using VirtualKubelet.Shim.Output;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol;
using VirtualKubelet.Shim.Runtimes;

namespace VirtualKubelet.Shim.Supervision;

/// <summary>Starts one run of a container: command line, log, pipes, process.</summary>
internal sealed class ContainerLauncher(
    IContainerRuntime runtime,
    PodDirectoryLayout layout,
    JobEnvironment jobEnvironment,
    ProcessReaper reaper,
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
            var process = Start(command, output);
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

    private ChildProcess Start(ContainerCommand command, OutputPump output)
    {
        List<byte[]> arguments = [.. command.Arguments.Select(Encoding.UTF8.GetBytes)];
        var environment = jobEnvironment.With(command.Environment);
        var directory = WorkingDirectory(command);
        var path = ExecutableLookup.Find(arguments[0], environment, directory)
            ?? throw new ContainerStartException($"exec: \"{command.Arguments[0]}\": executable file not found in $PATH");
        try
        {
            return reaper.Launch(new()
            {
                Path = path,
                Arguments = arguments,
                Environment = environment,
                WorkingDirectory = directory,
                Stdout = output.Stdout,
                Stderr = output.Stderr,
            });
        }
        catch (SpawnException e)
        {
            throw new ContainerStartException(StartErrors.Describe(e, command.Arguments[0], arguments, environment));
        }
    }

    private static byte[]? WorkingDirectory(ContainerCommand command)
    {
        if (string.IsNullOrEmpty(command.WorkingDirectory))
        {
            return null;
        }

        // posix_spawn would not say whether the directory or the program is missing.
        return Directory.Exists(command.WorkingDirectory)
            ? Encoding.UTF8.GetBytes(command.WorkingDirectory)
            : throw new ContainerStartException($"working directory \"{command.WorkingDirectory}\": no such directory");
    }
}
