using System.Text;
using VirtualKubelet.Shim.Mounts;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol;
using VirtualKubelet.Shim.Supervision;

namespace VirtualKubelet.Shim.Runtimes;

/// <summary>Starts command lines: finds the program as the process itself would, and puts a refusal into words.</summary>
internal sealed class CommandStart(JobEnvironment jobEnvironment, PodDirectoryLayout layout, ProcessReaper reaper, TimeProvider time)
{
    /// <summary>Starts a process.</summary>
    /// <param name="command">What to run.</param>
    /// <param name="jobDirectory">Where it starts when the command does not say; null leaves it where the shim is.</param>
    /// <param name="complete">Sets the process's descriptors.</param>
    /// <param name="cancellationToken">Ends a start that takes long.</param>
    /// <exception cref="ContainerStartException">It cannot be started.</exception>
    public async Task<ChildProcess> LaunchAsync(
        ContainerCommand command, string? jobDirectory, Func<SpawnRequest, SpawnRequest> complete, CancellationToken cancellationToken)
    {
        if (command.Container is { } container)
        {
            return await LaunchWithVolumesAsync(container, command, jobDirectory, complete, cancellationToken);
        }

        var environment = jobEnvironment.With(command.Environment);
        var directory = WorkingDirectory(command, jobDirectory);
        var path = ExecutableLookup.Find(Encoding.UTF8.GetBytes(command.Arguments[0]), environment, directory) ?? throw NotFound(command.Arguments[0]);
        return Launch(path, command.Arguments[0], command.Arguments, environment, directory, complete);
    }

    /// <summary>The error that no directory of <c>PATH</c> holds the program.</summary>
    public static ContainerStartException NotFound(string program) => new($"exec: \"{program}\": executable file not found in $PATH");

    // Program and working directory may lie in a volume, so that they are looked for where the volumes are mounted.
    private async Task<ChildProcess> LaunchWithVolumesAsync(
        string container, ContainerCommand command, string? jobDirectory, Func<SpawnRequest, SpawnRequest> complete, CancellationToken cancellationToken)
    {
        var directory = command.WorkingDirectory is { Length: > 0 } given ? given : jobDirectory ?? "";
        var arguments = Namespaces.CommandLine(layout.Root, container, directory, command.Arguments);
        using var report = new StartReport(time);
        var process = Launch(
            Encoding.UTF8.GetBytes(arguments[0]),
            command.Arguments[0],
            arguments,
            jobEnvironment.With(command.Environment),
            directory: null,
            r => complete(r) with { Report = report.ProcessEnd });
        await report.AwaitAsync(process, cancellationToken);
        return process;
    }

    private ChildProcess Launch(
        byte[] path, string program, IReadOnlyList<string> arguments, IReadOnlyList<byte[]> environment, byte[]? directory, Func<SpawnRequest, SpawnRequest> complete)
    {
        List<byte[]> bytes = [.. arguments.Select(Encoding.UTF8.GetBytes)];
        try
        {
            return reaper.Launch(complete(new()
            {
                Path = path,
                Arguments = bytes,
                Environment = environment,
                WorkingDirectory = directory,
                Stdout = -1,
                Stderr = -1,
            }));
        }
        catch (SpawnException e)
        {
            throw new ContainerStartException(StartErrors.Describe(e, program, bytes, environment));
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
