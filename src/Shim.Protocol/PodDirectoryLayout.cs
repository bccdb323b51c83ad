namespace VirtualKubelet.Shim.Protocol;

/// <summary>Names inside a pod directory; all paths are absolute when <see cref="Root"/> is.</summary>
/// <param name="Root">The pod directory: <c>&lt;workDir&gt;/&lt;namespace&gt;_&lt;name&gt;_&lt;uid&gt;</c>.</param>
public sealed record PodDirectoryLayout(string Root)
{
    /// <summary>In a volume of files of which containers mount parts: a link to the files the pod came with.</summary>
    public const string FirstGeneration = "..first";

    /// <summary>What the shim runs: <see cref="PodPlan"/>.</summary>
    public string PodFile => Path.Combine(Root, "pod.json");

    /// <summary>The agent's intent to submit, then the job: never read by the shim.</summary>
    public string SubmitFile => Path.Combine(Root, "submit.json");

    /// <summary>What the containers did: <see cref="PodState"/>.</summary>
    public string StateFile => Path.Combine(Root, "state.json");

    /// <summary>Which job runs the pod: <see cref="JobClaim"/>.</summary>
    public string ClaimFile => Path.Combine(Root, "claim.json");

    /// <summary>The agent's wish to end the pod: <see cref="StopRequest"/>.</summary>
    public string StopFile => Path.Combine(Root, "stop.json");

    /// <summary>The rendered batch script.</summary>
    public string ScriptFile => Path.Combine(Root, "job.sh");

    /// <summary>What the batch script and the shim themselves printed.</summary>
    public string JobOutputFile => Path.Combine(Root, "job.out");

    /// <summary>Parent of the volumes.</summary>
    public string VolumesDirectory => Path.Combine(Root, "volumes");

    /// <summary>Always empty on disk: containers with mounts make their root here, each in a mount namespace of its own.</summary>
    public string MountsDirectory => Path.Combine(Root, "mounts");

    /// <summary>Parent of the containers' log directories.</summary>
    public string LogsDirectory => Path.Combine(Root, "logs");

    /// <summary>The files of a volume.</summary>
    public string VolumeDirectory(string volume) => Path.Combine(VolumesDirectory, volume);

    /// <summary>The CRI log of one run of a container.</summary>
    /// <param name="container">The container's name.</param>
    /// <param name="restartCount">0 for the first run.</param>
    public string LogFile(string container, int restartCount) =>
        Path.Combine(LogsDirectory, container, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{restartCount}.log"));
}
