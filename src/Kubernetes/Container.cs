using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>One container (core/v1 <c>Container</c>); fields not named here survive a round trip.</summary>
public sealed record Container
{
    /// <summary>The name, unique in the pod.</summary>
    public string? Name { get; init; }

    /// <summary>The image.</summary>
    public string? Image { get; init; }

    /// <summary>The entry point; absent leaves it to the image.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Arguments of the entry point.</summary>
    public IReadOnlyList<string>? Args { get; init; }

    /// <summary>Directory the container starts in.</summary>
    public string? WorkingDir { get; init; }

    /// <summary>Environment variables in order.</summary>
    public IReadOnlyList<EnvVar>? Env { get; init; }

    /// <summary>ConfigMaps and Secrets whose keys become variables.</summary>
    public IReadOnlyList<JsonElement>? EnvFrom { get; init; }

    /// <summary>Requests and limits.</summary>
    public ResourceRequirements? Resources { get; init; }

    /// <summary>Where volumes appear in the container.</summary>
    public IReadOnlyList<VolumeMount>? VolumeMounts { get; init; }

    /// <summary>For init containers: <c>Always</c> makes it a sidecar.</summary>
    public string? RestartPolicy { get; init; }

    /// <summary>Keep stdin open for those who attach.</summary>
    public bool? Stdin { get; init; }

    /// <summary>Close stdin when the first who attached has left.</summary>
    public bool? StdinOnce { get; init; }

    /// <summary>Give the container a terminal.</summary>
    public bool? Tty { get; init; }

    /// <summary>The file, in the container, of its termination message; absent is <c>/dev/termination-log</c>.</summary>
    public string? TerminationMessagePath { get; init; }

    /// <summary><c>File</c> (also when absent) or <c>FallbackToLogsOnError</c>.</summary>
    public string? TerminationMessagePolicy { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
