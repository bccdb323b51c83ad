using VirtualKubelet.Providers.Slurm.Jobs;

namespace VirtualKubelet.Providers.Slurm.Scripts;

/// <summary>Shows the batch script of a workload without touching Slurm or the disk.</summary>
public static class JobScriptPreview
{
    /// <summary>The script that would be submitted.</summary>
    /// <exception cref="ProviderException"><see cref="ProviderErrorKind.Invalid"/>: the workload can never run on this node.</exception>
    public static string Render(Workload workload, SlurmProviderOptions options)
    {
        var request = new JobRequestBuilder(options).Build(workload, new PodDirectories(options).LayoutOf(workload.Id));
        _ = PodPlanBuilder.Build(workload, request, options.Runtime);
        return JobScript.Render(request);
    }
}
