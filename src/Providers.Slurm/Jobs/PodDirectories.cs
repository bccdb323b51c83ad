using System.Text;
using System.Text.Json;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers.Slurm.Backends;
using VirtualKubelet.Providers.Slurm.Scripts;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>The pod directories of one virtual node: made, read back after a restart, removed.</summary>
internal sealed class PodDirectories(SlurmProviderOptions options)
{
    private const UnixFileMode PrivateDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // Neither node names nor UIDs hold an underscore, so that no node takes another one's for its own.
    private string UnfinishedPrefix => $".unfinished_{JobIdentity.Owner(options)}_";

    /// <summary>Makes sure that the work directory is there.</summary>
    public void EnsureRoot() => Directory.CreateDirectory(options.WorkDirectory, PrivateDirectory);

    /// <summary>Where a workload's directory is: one per UID, so that a namesake created later never meets an older one's files.</summary>
    public PodDirectoryLayout LayoutOf(WorkloadId id) => new(Path.Combine(options.WorkDirectory, WorkloadRules.DirectoryName(id)));

    /// <summary>The workload that a directory is named after; none of the three names holds an underscore.</summary>
    public static WorkloadId IdOf(PodDirectoryLayout layout)
    {
        var names = Path.GetFileName(layout.Root).Split('_', 3);
        return new WorkloadId(names[0], names[1], names[2]);
    }

    /// <summary>
    /// Writes everything a job needs and the intent to submit it. The directory gets its name when it is complete, so that
    /// what carries the name of a pod directory is one.
    /// </summary>
    /// <param name="layout">The directory.</param>
    /// <param name="plan">What the shim runs.</param>
    /// <param name="script">The batch script.</param>
    /// <param name="record">The intent.</param>
    /// <param name="fill">Writes what else belongs into the directory, which does not have its name yet.</param>
    /// <exception cref="IOException">The directory cannot be written, or there is one already.</exception>
    public void Create(PodDirectoryLayout layout, PodPlan plan, string script, SubmitRecord record, Action<PodDirectoryLayout> fill)
    {
        var unfinished = Unfinished(layout);
        Delete(unfinished);
        Directory.CreateDirectory(unfinished.Root, PrivateDirectory);
        AtomicFile.WriteJson(unfinished.PodFile, plan, ShimJson.Files.PodPlan);
        AtomicFile.Write(unfinished.ScriptFile, Encoding.UTF8.GetBytes(script), AtomicFile.PrivateFile);
        fill(unfinished);
        Save(unfinished, record);
        Directory.Move(unfinished.Root, layout.Root);
    }

    /// <summary>Replaces the agent's record.</summary>
    public static void Save(PodDirectoryLayout layout, SubmitRecord record) =>
        AtomicFile.WriteJson(layout.SubmitFile, record, SubmitJson.Default.SubmitRecord);

    /// <summary>Keeps a terminal status: Slurm forgets the job long before the pod goes.</summary>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public static void SaveOutcome(PodDirectoryLayout layout, PodStatus status)
    {
        try
        {
            AtomicFile.WriteJson(OutcomeFile(layout), status, KubernetesJson.Api.PodStatus);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody removed the directory: then nobody will find the pod again either.
        }
    }

    /// <summary>
    /// Takes out of a deleted pod's plan what it was to run, and with which variables: secrets are among them, and nobody runs it any more.
    /// </summary>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public static void ForgetCommands(PodDirectoryLayout layout)
    {
        if (ReadPlan(layout) is not { InitContainers: { } init, Containers: { } main } plan || init.Concat(main).Contains(null!))
        {
            // Damaged, or somebody removed the directory.
            DeleteFile(layout.PodFile);
            return;
        }

        AtomicFile.WriteJson(layout.PodFile, plan with { InitContainers = WithoutCommands(init), Containers = WithoutCommands(main) }, ShimJson.Files.PodPlan);
    }

    /// <summary>The terminal status; null when there is none yet.</summary>
    public static PodStatus? ReadOutcome(PodDirectoryLayout layout) =>
        AtomicFile.ReadJson(OutcomeFile(layout), KubernetesJson.Api.PodStatus);

    /// <summary>What an earlier process may have left. One without a record is none of ours; that it has none only reading it can tell.</summary>
    public IEnumerable<PodDirectoryLayout> Finished() =>
        Directory.EnumerateDirectories(options.WorkDirectory, "*_*_*")
            .Where(path => !Path.GetFileName(path).StartsWith('.'))
            .Select(path => new PodDirectoryLayout(path));

    /// <summary>What an earlier process of this node did not finish creating or removing; no job runs there.</summary>
    public IEnumerable<PodDirectoryLayout> Unfinished() =>
        Directory.EnumerateDirectories(options.WorkDirectory, UnfinishedPrefix + "*").Select(path => new PodDirectoryLayout(path));

    /// <summary>Removes a pod directory. It loses its name first: a crash in between leaves nothing that looks like a pod.</summary>
    /// <exception cref="IOException">Something of it cannot be removed; another call goes on.</exception>
    public void Remove(PodDirectoryLayout layout)
    {
        var unfinished = Unfinished(layout);
        Delete(unfinished);
        try
        {
            Directory.Move(layout.Root, unfinished.Root);
        }
        catch (DirectoryNotFoundException)
        {
            return;
        }

        Delete(unfinished);
    }

    /// <summary>Removes what was never finished.</summary>
    public static void Delete(PodDirectoryLayout unfinished) => Delete(unfinished.Root);

    /// <summary>Removes a directory and everything in it.</summary>
    /// <exception cref="IOException">Something of it cannot be removed; another call goes on.</exception>
    public static void Delete(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing was left, or somebody was quicker.
        }
        catch (UnauthorizedAccessException)
        {
            // A container took its own right to write away, as package caches do.
            Open(new DirectoryInfo(directory));
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void Open(DirectoryInfo directory)
    {
        directory.UnixFileMode |= PrivateDirectory;
        foreach (var inner in directory.EnumerateDirectories().Where(d => d.LinkTarget is null))
        {
            Open(inner);
        }
    }

    private static PodPlan? ReadPlan(PodDirectoryLayout layout)
    {
        try
        {
            return AtomicFile.ReadJson(layout.PodFile, ShimJson.Files.PodPlan);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void DeleteFile(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // There is nothing left to delete.
        }
    }

    private static IReadOnlyList<ContainerPlan> WithoutCommands(IReadOnlyList<ContainerPlan> containers) =>
        [.. containers.Select(c => c with { Command = [], Args = [], Environment = [] })];

    private PodDirectoryLayout Unfinished(PodDirectoryLayout layout) =>
        new(Path.Combine(options.WorkDirectory, UnfinishedPrefix + layout.Root[(layout.Root.LastIndexOf('_') + 1)..]));

    private static string OutcomeFile(PodDirectoryLayout layout) => Path.Combine(layout.Root, "outcome.json");
}
