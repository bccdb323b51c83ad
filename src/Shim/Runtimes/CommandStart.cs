using System.Text;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Supervision;

namespace VirtualKubelet.Shim.Runtimes;

/// <summary>Starts command lines: finds the program as the process itself would, and puts a refusal into words.</summary>
internal sealed class CommandStart(JobEnvironment jobEnvironment, ProcessReaper reaper)
{
    /// <summary>Starts a process.</summary>
    /// <param name="command">What to run.</param>
    /// <param name="jobDirectory">Where it starts when the command does not say; null leaves it where the shim is.</param>
    /// <param name="complete">Sets the process's descriptors.</param>
    /// <exception cref="ContainerStartException">It cannot be started.</exception>
    public ChildProcess Launch(ContainerCommand command, string? jobDirectory, Func<SpawnRequest, SpawnRequest> complete)
    {
        List<byte[]> arguments = [.. command.Arguments.Select(Encoding.UTF8.GetBytes)];
        var environment = jobEnvironment.With(command.Environment);
        var directory = WorkingDirectory(command, jobDirectory);
        var path = ExecutableLookup.Find(arguments[0], environment, directory)
            ?? throw new ContainerStartException($"exec: \"{command.Arguments[0]}\": executable file not found in $PATH");
        try
        {
            return reaper.Launch(complete(new()
            {
                Path = path,
                Arguments = arguments,
                Environment = environment,
                WorkingDirectory = directory,
                Stdout = -1,
                Stderr = -1,
            }));
        }
        catch (SpawnException e)
        {
            throw new ContainerStartException(StartErrors.Describe(e, command.Arguments[0], arguments, environment));
        }
    }

    private static byte[]? WorkingDirectory(ContainerCommand command, string? jobDirectory)
    {
        if (string.IsNullOrEmpty(command.WorkingDirectory))
        {
            return jobDirectory is null ? null : Encoding.UTF8.GetBytes(jobDirectory);
        }

        // posix_spawn would not say whether the directory or the program is missing.
        return Directory.Exists(command.WorkingDirectory)
            ? Encoding.UTF8.GetBytes(command.WorkingDirectory)
            : throw new ContainerStartException($"working directory \"{command.WorkingDirectory}\": no such directory");
    }
}
