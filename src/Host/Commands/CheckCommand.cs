using System.CommandLine;
using VirtualKubelet.Configuration;
using VirtualKubelet.Host.Composition;
using VirtualKubelet.Host.Composition.ApiServers;
using VirtualKubelet.Providers.Slurm.Checks;

namespace VirtualKubelet.Host.Commands;

/// <summary><c>vk-slurm check</c>: tries everything the agent needs of a site.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var config = ConfigOption.Create();
        var command = new Command("check", "Try, with a real job, everything the agent needs of this site, and of its cluster if it has one.") { config };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (ConfigOption.LoadAll(parsed.GetRequiredValue(config), Console.Error) is not { } nodes)
            {
                return ExitCodes.Configuration;
            }

            var failed = 0;
            foreach (var node in nodes)
            {
                if (nodes.Count > 1)
                {
                    Console.WriteLine($"node {node.Metadata.Name}");
                }

                failed += await CheckAsync(node, cancellationToken);
            }

            Console.WriteLine(failed == 0 ? "\nThis site is ready." : $"\n{failed} {(failed == 1 ? "check" : "checks")} failed.");
            return failed == 0 ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }

    // Returns how many checks failed.
    private static async Task<int> CheckAsync(NodeConfiguration node, CancellationToken cancellationToken)
    {
        var failed = 0;
        if (ApiServer.IsConfigured(node.Spec))
        {
            await foreach (var result in new ApiCheck(node, TimeProvider.System).RunAsync(cancellationToken))
            {
                failed += Print(result);
            }
        }

        await foreach (var result in new SiteCheck(ProviderOptions.Of(node), TimeProvider.System).RunAsync(cancellationToken))
        {
            failed += Print(result);
        }

        return failed;
    }

    private static int Print(CheckResult result)
    {
        Console.WriteLine($"{(result.Passed ? "ok  " : "FAIL")}  {result.Name,-42}  {result.Detail}");
        if (result.Fix is { } fix)
        {
            Console.WriteLine($"      fix: {fix}");
        }

        return result.Passed ? 0 : 1;
    }
}
