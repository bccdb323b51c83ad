using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>Names and versions of what a node is made of (core/v1 <c>NodeSystemInfo</c>); the API wants every member.</summary>
public sealed record NodeSystemInfo
{
    /// <summary>Identity of the machine.</summary>
    public required string MachineID { get; init; }

    /// <summary>Identity of the hardware.</summary>
    public required string SystemUUID { get; init; }

    /// <summary>Identity of this boot.</summary>
    public required string BootID { get; init; }

    /// <summary>Version of the kernel.</summary>
    public required string KernelVersion { get; init; }

    /// <summary>Name of the operating system.</summary>
    public required string OsImage { get; init; }

    /// <summary><c>type://version</c>; the type is the prefix of container IDs, too.</summary>
    public required string ContainerRuntimeVersion { get; init; }

    /// <summary><c>vX.Y.Z</c>.</summary>
    public required string KubeletVersion { get; init; }

    /// <summary>Empty: nothing reads it any more.</summary>
    public string KubeProxyVersion { get; init => field = value ?? ""; } = "";

    /// <summary>Such as <c>linux</c>.</summary>
    public required string OperatingSystem { get; init; }

    /// <summary>Such as <c>amd64</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
