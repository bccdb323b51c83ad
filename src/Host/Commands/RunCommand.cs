using System.CommandLine;
using VirtualKubelet.Host.Composition;

namespace VirtualKubelet.Host.Commands;

/// <summary><c>vk-slurm run</c>: the agent itself.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var config = ConfigOption.Create();
        var standalone = new Option<bool>("--standalone") { Description = "Run pods from manifests, without an API server.", Required = true };
        var manifests = new Option<string>("--pod-manifest-path") { Description = "Directory of pod manifests (*.yaml, *.yml, *.json).", HelpName = "DIR", Required = true };
        var logFormat = new Option<LogFormat>("--log-format") { Description = "Text or Json, on standard error.", DefaultValueFactory = _ => LogFormat.Text };
        var logLevel = new Option<LogVerbosity>("--log-level") { Description = "Debug, Information, Warning or Error.", DefaultValueFactory = _ => LogVerbosity.Information };
        var command = new Command("run", "Run the agent until it is told to stop (SIGTERM, Ctrl-C). Jobs go on without it and are found again.") { config, standalone, manifests, logFormat, logLevel };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (ConfigOption.Load(parsed.GetRequiredValue(config), Console.Error) is not { } node)
            {
                return ExitCodes.Configuration;
            }

            using var loggers = Logging.Create(parsed.GetValue(logFormat), parsed.GetValue(logLevel));
            return await new StandaloneAgent(node, parsed.GetRequiredValue(manifests), TimeProvider.System, loggers).RunAsync(cancellationToken);
        });
        return command;
    }
}
