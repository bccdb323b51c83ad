using System.Diagnostics;
using System.Text.RegularExpressions;
using VirtualKubelet.Benchmarks.Results;
using VirtualKubelet.Benchmarks.Support;

namespace VirtualKubelet.Benchmarks.Agent;

/// <summary><c>vk-slurm port-forward</c> as a user runs it.</summary>
internal sealed partial class ForwardCommand : IAsyncDisposable
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private ForwardCommand(Process process, int port) => (_process, Port) = (process, port);

    /// <summary>The port of loopback it listens on.</summary>
    public int Port { get; }

    /// <summary>Starts it and waits until it listens.</summary>
    /// <exception cref="BenchmarkException">It does not.</exception>
    public static async Task<ForwardCommand> StartAsync(AgentProcess agent, string pod, int target, CancellationToken cancellationToken)
    {
        var process = Process.Start(CommandLineTool.StartInfo(
            Repository.Agent,
            ["port-forward", $"bench/{pod}", $":{target}", "--server", $"{agent.Server}", "--token-file", Path.Combine(agent.Setup.StateDirectory, "token")],
            null))!;
        var line = await process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(ReadyTimeout, cancellationToken);
        return line is not null && Listening().Match(line) is { Success: true } match
            ? new ForwardCommand(process, int.Parse(match.Groups[1].Value, null))
            : throw new BenchmarkException($"port-forward does not listen: {line} {await process.StandardError.ReadToEndAsync(cancellationToken)}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [GeneratedRegex(@"127\.0\.0\.1:(\d+) -> ")]
    private static partial Regex Listening();
}
