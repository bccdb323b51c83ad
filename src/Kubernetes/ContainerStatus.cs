using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>Where a container stands (core/v1 <c>ContainerStatus</c>).</summary>
public sealed record ContainerStatus
{
    /// <summary>The container's name.</summary>
    public required string Name { get; init; }

    /// <summary>The state now.</summary>
    public ContainerState? State { get; init; }

    /// <summary>How the run before ended.</summary>
    public ContainerState? LastState { get; init; }

    /// <summary>Running, started and passing its readiness probe if it has one; a finished init container is ready when it exited 0.</summary>
    public required bool Ready { get; init; }

    /// <summary>How often it was started again; never decreases.</summary>
    public required int RestartCount { get; init; }

    /// <summary>The image that runs.</summary>
    public required string Image { get; init; }

    /// <summary>Identity of the image; free form.</summary>
    public required string ImageID { get; init; }

    /// <summary><c>&lt;type&gt;://&lt;id&gt;</c>; absent until created.</summary>
    public string? ContainerID { get; init; }

    /// <summary>Running, and past its startup probe if it has one.</summary>
    public bool? Started { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
