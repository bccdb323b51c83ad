using VirtualKubelet.Configuration;
using VirtualKubelet.Controllers.StaticPods;
using VirtualKubelet.Providers;
using VirtualKubelet.Providers.Slurm;
using VirtualKubelet.Providers.Slurm.Scripts;

namespace VirtualKubelet.Host.Composition;

/// <summary>Prints the job scripts of a manifest, and all that is wrong with it.</summary>
internal static class ManifestRendering
{
    public static int Print(string manifest, NodeConfiguration node, TextWriter output, TextWriter errors)
    {
        try
        {
            var (workloads, problems) = ManifestPreview.Read(
                manifest, node.Metadata.Name, node.Spec.Kubelet.Address.ToString(), TimeProvider.System);
            problems = [.. problems, .. workloads.Select(w => Print(w, ProviderOptions.Of(node), output)).OfType<string>()];
            foreach (var problem in problems)
            {
                errors.WriteLine($"error: {problem}");
            }

            return problems.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"error: {e.Message}");
            return ExitCodes.Failure;
        }
    }

    private static string? Print(Workload workload, SlurmProviderOptions options, TextWriter output)
    {
        try
        {
            output.WriteLine(JobScriptPreview.Render(workload, options));
            return null;
        }
        catch (ProviderException e)
        {
            return $"{workload.Id}: {e.Message}";
        }
    }
}
