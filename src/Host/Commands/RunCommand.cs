using System.CommandLine;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Host.Composition;

namespace VirtualKubelet.Host.Commands;

/// <summary><c>vk-slurm run</c>: the agent itself.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var config = ConfigOption.Create();
        var standalone = new Option<bool>("--standalone") { Description = "Run the pods of --pod-manifest-path, without an API server." };
        var manifests = new Option<string?>("--pod-manifest-path") { Description = "Directory of pod manifests (*.yaml, *.yml, *.json); with --standalone.", HelpName = "DIR" };
        var logFormat = new Option<LogFormat>("--log-format") { Description = "Text or Json, on standard error.", DefaultValueFactory = _ => LogFormat.Text };
        var logLevel = new Option<LogVerbosity>("--log-level") { Description = "Debug, Information, Warning or Error.", DefaultValueFactory = _ => LogVerbosity.Information };
        var command = new Command(
            "run", "Run the agent until it is told to stop (SIGTERM, Ctrl-C): each node of the file joins its cluster. Jobs go on without the agent and are found again.")
        {
            config, standalone, manifests, logFormat, logLevel,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(standalone) != result.GetValue(manifests) is not null)
            {
                result.AddError("--standalone and --pod-manifest-path DIR go together");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var loggers = Logging.Create(parsed.GetValue(logFormat), parsed.GetValue(logLevel));
            return parsed.GetValue(manifests) is { } directory
                ? await RunStandaloneAsync(parsed.GetRequiredValue(config), directory, loggers, cancellationToken)
                : await RunInClusterAsync(parsed.GetRequiredValue(config), loggers, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunStandaloneAsync(string config, string manifests, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        ConfigOption.Load(config, Console.Error) is { } node
            ? await new StandaloneAgent(node, manifests, TimeProvider.System, loggers).RunAsync(cancellationToken)
            : ExitCodes.Configuration;

    private static async Task<int> RunInClusterAsync(string config, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        ConfigOption.LoadAll(config, Console.Error) is { } nodes
            ? await new ClusterAgents(nodes, TimeProvider.System, loggers).RunAsync(cancellationToken)
            : ExitCodes.Configuration;
}
