using VirtualKubelet.Logs;
using VirtualKubelet.Providers.Slurm.Jobs;

namespace VirtualKubelet.Providers.Slurm;

/// <summary>The log of one run of one container, on the shared file system.</summary>
internal sealed class ContainerLog(JobEntry entry, string container, int run) : ILogSource
{
    public string Path { get; } = entry.Layout.LogFile(container, run);

    public bool HasEnded => entry.HasEnded(container, run);
}
