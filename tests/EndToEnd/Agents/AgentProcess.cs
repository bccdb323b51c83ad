using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Testing;

namespace VirtualKubelet.EndToEnd.Agents;

/// <summary><c>vk-slurm run</c> as a process that comes and goes, while its log is kept.</summary>
/// <param name="arguments">What follows <c>run</c>.</param>
/// <param name="variables">The environment, besides our own.</param>
internal sealed partial class AgentProcess(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables) : IAsyncDisposable
{
    private readonly StringBuilder _log = new();
    private Process? _process;

    public int Id => _process!.Id;

    /// <summary>What all its runs have logged.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Starts the process and waits until its first node serves; returns the address.</summary>
    public async Task<Uri> StartAsync()
    {
        var ready = Launch();
        var ended = _process!.WaitForExitAsync();
        return await Task.WhenAny(ready, ended).WaitAsync(Poll.Patience) == ended
            ? throw new InvalidOperationException($"the agent ended with {_process.ExitCode}: {Log}")
            : new Uri(await ready);
    }

    /// <summary>Starts the process; completes with the address once its first node serves.</summary>
    public Task<string> Launch()
    {
        var ready = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = Run.Start(Binaries.Agent, ["run", .. arguments], variables);
        _process.ErrorDataReceived += (_, line) => Take(line.Data, ready);
        _process.OutputDataReceived += (_, line) => Take(line.Data, ready);
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        return ready.Task;
    }

    /// <summary>Waits for a line of the log that is yet to come, or has come.</summary>
    public Task WaitForLogAsync(string words) => Poll.UntilAsync(
        () => Task.FromResult((Log.Contains(words, StringComparison.Ordinal), Log)), log => log, $"the agent to log \"{words}\"");

    /// <summary>kill -9, at this very moment.</summary>
    /// <exception cref="InvalidOperationException">It has ended by itself.</exception>
    public async Task KillAsync()
    {
        if (_process!.HasExited)
        {
            throw new InvalidOperationException($"the agent ended with {await EndedAsync()}: {Log}");
        }

        Signals.Send(Id, Signals.Kill);
        await EndedAsync();
    }

    /// <summary>Ends it, whatever became of it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }
    }

    /// <summary>SIGTERM; returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        Signals.Send(Id, Signals.Terminate);
        return await EndedAsync();
    }

    /// <summary>Waits for the process to end; returns the exit code.</summary>
    public async Task<int> EndedAsync()
    {
        await _process!.WaitForExitAsync().WaitAsync(Poll.Patience);
        var code = _process.ExitCode;
        _process.Dispose();
        _process = null;
        return code;
    }

    private void Take(string? line, TaskCompletionSource<string> ready)
    {
        if (line is null)
        {
            return;
        }

        lock (_log)
        {
            _log.AppendLine(line);
        }

        if (ReadyLine().Match(line) is { Success: true } match)
        {
            ready.TrySetResult(match.Groups[1].Value);
        }
    }

    [GeneratedRegex("is ready: (https://[^, ]+),")]
    private static partial Regex ReadyLine();
}
