using System.CommandLine;
using VirtualKubelet.Host.Composition;
using VirtualKubelet.Providers.Slurm.Checks;

namespace VirtualKubelet.Host.Commands;

/// <summary><c>vk-slurm check</c>: tries everything the agent needs of a site.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var config = ConfigOption.Create();
        var command = new Command("check", "Try, with a real job, everything the agent needs of this site.") { config };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (ConfigOption.Load(parsed.GetRequiredValue(config), Console.Error) is not { } node)
            {
                return ExitCodes.Configuration;
            }

            var failed = 0;
            await foreach (var result in new SiteCheck(ProviderOptions.Of(node), TimeProvider.System).RunAsync(cancellationToken))
            {
                failed += result.Passed ? 0 : 1;
                Print(result);
            }

            Console.WriteLine(failed == 0 ? "\nThis site is ready." : $"\n{failed} {(failed == 1 ? "check" : "checks")} failed.");
            return failed == 0 ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }

    private static void Print(CheckResult result)
    {
        Console.WriteLine($"{(result.Passed ? "ok  " : "FAIL")}  {result.Name,-42}  {result.Detail}");
        if (result.Fix is { } fix)
        {
            Console.WriteLine($"      fix: {fix}");
        }
    }
}
