using VirtualKubelet.Configuration;
using VirtualKubelet.Controllers.StaticPods;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;
using VirtualKubelet.Providers.Slurm;
using VirtualKubelet.Providers.Slurm.Scripts;

namespace VirtualKubelet.Host.Composition;

/// <summary>Prints the job scripts of a manifest, and all that is wrong with it.</summary>
internal static class ManifestRendering
{
    // What the node offers is Slurm's to say, and nobody is asked here.
    private static readonly Dictionary<string, Quantity> Unknown = [];

    public static async Task<int> PrintAsync(
        string manifest, NodeConfiguration node, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        try
        {
            var file = await StaticPodFile.ReadAsync(
                manifest, node.Metadata.Name, node.Spec.Kubelet.Address.ToString(), Unknown, TimeProvider.System, cancellationToken);
            var options = ProviderOptions.Of(node);
            List<string> problems = [.. file.Errors, .. file.Workloads.Select(w => Print(w, options, output)).OfType<string>()];
            foreach (var problem in problems)
            {
                await errors.WriteLineAsync($"error: {problem}");
            }

            return problems.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"error: {e.Message}");
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
