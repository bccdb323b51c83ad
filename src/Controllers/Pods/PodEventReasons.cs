namespace VirtualKubelet.Controllers.Pods;

/// <summary>Reasons of events about pods; a kubelet's where it has one.</summary>
internal static class PodEventReasons
{
    /// <summary>A container was made.</summary>
    public const string Created = "Created";

    /// <summary>A container was started.</summary>
    public const string Started = "Started";

    /// <summary>A container is being stopped.</summary>
    public const string Killing = "Killing";

    /// <summary>A container cannot be made or started.</summary>
    public const string Failed = "Failed";

    /// <summary>A container waits before its next start.</summary>
    public const string BackOff = "BackOff";

    /// <summary>The pod could not be given to the provider, and is given again.</summary>
    public const string FailedCreate = "FailedCreate";

    /// <summary>A volume cannot be made.</summary>
    public const string FailedMount = "FailedMount";

    /// <summary>Keys of a ConfigMap or Secret that no variable can be named after.</summary>
    public const string InvalidVariableNames = "InvalidEnvironmentVariableNames";

    /// <summary>The pod has become a job.</summary>
    public const string JobSubmitted = "SlurmJobSubmitted";

    /// <summary>The job waits, and why.</summary>
    public const string JobPending = "SlurmPending";
}
