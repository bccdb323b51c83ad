using System.CommandLine;
using VirtualKubelet.Benchmarks.Raw;
using VirtualKubelet.Benchmarks.Rows;

namespace VirtualKubelet.Benchmarks;

/// <summary>The command line: which rows, and how large.</summary>
internal static class BenchmarkCommand
{
    private static readonly IReadOnlyList<IRow> AllRows =
        [new LogsRow(), new FollowRow(), new SubmitRow(), new SlurmLoadRow(), new AgentRow(), new ShimRow(), new ExecRow(), new PortForwardRow()];

    public static RootCommand Create()
    {
        var defaults = new BenchmarkOptions();
        var rows = new Argument<string[]>("ROW") { Description = $"What to measure; all by default: {string.Join(", ", AllRows.Select(r => r.Name))}.", Arity = ArgumentArity.ZeroOrMore };
        rows.AcceptOnlyFromAmong([.. AllRows.Select(r => r.Name)]);
        var size = new Option<long>("--size") { Description = "MiB of the log that is read.", HelpName = "MIB", DefaultValueFactory = _ => defaults.LogMebibytes };
        var pods = new Option<int>("--pods") { Description = "Pods of the rows submit and slurm-load.", HelpName = "N", DefaultValueFactory = _ => defaults.Pods };
        var agentPods = new Option<int>("--agent-pods") { Description = "Pods of the row agent.", HelpName = "N", DefaultValueFactory = _ => defaults.AgentPods };
        var followers = new Option<int>("--followers") { Description = "Followers of one file.", HelpName = "N", DefaultValueFactory = _ => defaults.Followers };
        var rounds = new Option<int>("--rounds") { Description = "Rounds of the rows logs and shim, of which the medians count.", HelpName = "N", DefaultValueFactory = _ => defaults.Rounds };
        var command = new RootCommand("Measures the agent and the shim against raw tools, within one run. Exit code 1: a bar is missed.")
        {
            rows, size, pods, agentPods, followers, rounds, PlainServer.CreateCommand(), PlainRelay.CreateCommand(),
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var wanted = parsed.GetValue(rows) ?? [];
            var options = new BenchmarkOptions
            {
                LogMebibytes = parsed.GetValue(size),
                Pods = parsed.GetValue(pods),
                AgentPods = parsed.GetValue(agentPods),
                Followers = parsed.GetValue(followers),
                Rounds = parsed.GetValue(rounds),
            };
            return new BenchmarkRun([.. AllRows.Where(r => wanted.Length == 0 || wanted.Contains(r.Name))], options).RunAsync(cancellationToken);
        });
        return command;
    }
}
