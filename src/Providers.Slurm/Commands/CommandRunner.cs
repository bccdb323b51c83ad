using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace VirtualKubelet.Providers.Slurm.Commands;

/// <summary>
/// Runs one command to its end: no shell, a clean environment, bounded output and a deadline after which it is killed.
/// </summary>
/// <param name="environment">The whole environment of the commands; nothing is inherited, so that no secret of the agent reaches a job.</param>
/// <param name="deadline">How long a command may take.</param>
/// <param name="time">The clock of deadlines and metrics.</param>
internal sealed class CommandRunner(IReadOnlyDictionary<string, string> environment, TimeSpan deadline, TimeProvider time)
{
    /// <summary>Bytes a command may print on one stream: squeue takes about 1 kB a job, so this is some 60,000 jobs.</summary>
    private const int MaxOutput = 64 << 20;

    /// <summary>Runs a command.</summary>
    /// <exception cref="CommandTimeoutException">The deadline has passed.</exception>
    /// <exception cref="ProviderException">The executable cannot be started, or prints without bound.</exception>
    public Task<CommandResult> RunAsync(string executable, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        RunAsync(Path.GetFileName(executable), executable, arguments, cancellationToken);

    /// <summary>Runs a command under a name of its own, as where flock(1) only carries it.</summary>
    /// <inheritdoc cref="RunAsync(string, IReadOnlyList{string}, CancellationToken)"/>
    public async Task<CommandResult> RunAsync(string name, string executable, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var timeout = new CancellationTokenSource(deadline, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var process = Start(executable, arguments);
        try
        {
            var output = ReadAsync(process, process.StandardOutput.BaseStream, name, linked.Token);
            var error = ReadAsync(process, process.StandardError.BaseStream, name, linked.Token);
            await Task.WhenAll(output, error);
            await process.WaitForExitAsync(linked.Token);
            var result = new CommandResult(process.ExitCode, await output, (await error).Trim());
            SlurmMetrics.CommandEnded(name, result.Succeeded ? "ok" : "failed", time.GetElapsedTime(started));
            return result;
        }
        catch (Exception e)
        {
            Kill(process);
            SlurmMetrics.CommandEnded(name, timeout.IsCancellationRequested ? "timeout" : "aborted", time.GetElapsedTime(started));
            if (e is OperationCanceledException && timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new CommandTimeoutException(name, deadline);
            }

            throw;
        }
        finally
        {
            // Disposing a process leaves streams open that somebody has asked for.
            process.StandardOutput.Dispose();
            process.StandardError.Dispose();
        }
    }

    private Process Start(string executable, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(executable, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception e)
        {
            throw new ProviderException(
                ProviderErrorKind.Unavailable,
                $"cannot start {executable}: {e.Message}; install Slurm's client commands or set spec.slurm.binDirectory",
                e);
        }
    }

    private static async Task<string> ReadAsync(Process process, Stream stream, string name, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        var buffer = new byte[16 << 10];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (content.Length + read > MaxOutput)
            {
                // Now, or its other stream would stay open until the deadline.
                Kill(process);
                throw new ProviderException(ProviderErrorKind.Unavailable, $"{name} printed more than {MaxOutput >> 20} MiB");
            }

            content.Write(buffer, 0, read);
        }

        return Encoding.UTF8.GetString(content.GetBuffer(), 0, (int)content.Length);
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended by itself in the meantime, or is beyond our reach; the caller learns of the reason for the kill.
        }
    }
}
