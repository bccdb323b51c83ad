using System.CommandLine;
using VirtualKubelet.Host.Composition;

namespace VirtualKubelet.Host.Commands;

/// <summary><c>vk-slurm render</c>: prints the batch scripts of a manifest's pods; nothing is submitted.</summary>
internal static class RenderCommand
{
    public static Command Create()
    {
        var config = ConfigOption.Create();
        var manifest = new Argument<string>("MANIFEST") { Description = "A YAML or JSON file with one or more pods." };
        var command = new Command("render", "Print the sbatch script of each pod in a manifest; nothing is submitted.") { config, manifest };
        command.SetAction(async (parsed, cancellationToken) =>
            ConfigOption.Load(parsed.GetRequiredValue(config), Console.Error) is { } node
                ? await ManifestRendering.PrintAsync(parsed.GetRequiredValue(manifest), node, Console.Out, Console.Error, cancellationToken)
                : ExitCodes.Configuration);
        return command;
    }
}
