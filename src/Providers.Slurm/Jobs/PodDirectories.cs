using System.Text;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers.Slurm.Scripts;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>The pod directories of one virtual node: made, read back after a restart, removed.</summary>
internal sealed class PodDirectories(SlurmProviderOptions options)
{
    private const UnixFileMode PrivateDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes sure that the work directory is there.</summary>
    public void EnsureRoot() => Directory.CreateDirectory(options.WorkDirectory, PrivateDirectory);

    /// <summary>Where a workload's directory is: one per UID, so that a namesake created later never meets an older one's files.</summary>
    public PodDirectoryLayout LayoutOf(WorkloadId id) =>
        new(Path.Combine(options.WorkDirectory, $"{id.Namespace}_{id.Name}_{id.Uid}"));

    /// <summary>Writes everything a job needs, and the intent to submit it last: that file makes the directory count.</summary>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public static void Create(PodDirectoryLayout layout, PodPlan plan, JobRequest request, SubmitRecord record)
    {
        Directory.CreateDirectory(layout.Root, PrivateDirectory);
        AtomicFile.WriteJson(layout.PodFile, plan, ShimJson.Files.PodPlan);
        AtomicFile.Write(layout.ScriptFile, Encoding.UTF8.GetBytes(JobScript.Render(request)), AtomicFile.PrivateFile);
        Save(layout, record);
    }

    /// <summary>Replaces the agent's record.</summary>
    public static void Save(PodDirectoryLayout layout, SubmitRecord record) =>
        AtomicFile.WriteJson(layout.SubmitFile, record, SubmitJson.Default.SubmitRecord);

    /// <summary>Keeps a terminal status: Slurm forgets the job long before the pod goes.</summary>
    public static void SaveOutcome(PodDirectoryLayout layout, PodStatus status) =>
        AtomicFile.WriteJson(OutcomeFile(layout), status, KubernetesJson.Api.PodStatus);

    /// <summary>The terminal status; null when there is none yet.</summary>
    public static PodStatus? ReadOutcome(PodDirectoryLayout layout) =>
        AtomicFile.ReadJson(OutcomeFile(layout), KubernetesJson.Api.PodStatus);

    /// <summary>The directories that an earlier process left; those that were never finished are removed.</summary>
    public IEnumerable<PodDirectoryLayout> Finished()
    {
        foreach (var path in Directory.EnumerateDirectories(options.WorkDirectory, "*_*_*"))
        {
            var layout = new PodDirectoryLayout(path);
            if (File.Exists(layout.SubmitFile))
            {
                yield return layout;
            }
            else
            {
                Remove(layout);
            }
        }
    }

    /// <summary>Removes a directory with everything in it.</summary>
    public static void Remove(PodDirectoryLayout layout)
    {
        try
        {
            Directory.Delete(layout.Root, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody was quicker.
        }
    }

    private static string OutcomeFile(PodDirectoryLayout layout) => Path.Combine(layout.Root, "outcome.json");
}
