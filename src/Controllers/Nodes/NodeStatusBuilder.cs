using System.Net.Sockets;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Nodes;

/// <summary>Makes the part of the status that this agent answers for. Pure.</summary>
internal sealed class NodeStatusBuilder(NodeControllerOptions options)
{
    // API servers since 1.36 send WebSockets on as they are to a node that declares this; those before 1.35 have no such list.
    private const string ExtendWebSockets = "ExtendWebSocketsToKubelet";
    private const int FirstMinorWithFeatures = 35;
    private const string UnknownVersion = "v1.20.0";
    private const string UnknownRuntime = "slurm://unknown";

    /// <summary>The status as it should be.</summary>
    /// <param name="before">The status as it is; what cannot be known now stays as it was.</param>
    /// <param name="view">What there is to say.</param>
    public NodeStatus Build(NodeStatus? before, NodeView view) => new()
    {
        Capacity = view.Backend is { BackendVersion: not null } known ? Amounts(known.Capacity) : before?.Capacity ?? Nothing(),
        Allocatable = view.Backend is { BackendVersion: not null } usable ? Amounts(usable.Allocatable) : before?.Allocatable ?? Nothing(),
        Conditions = NodeConditions.Of(before?.Conditions, view),
        Addresses = [.. options.InternalAddresses.Select(Internal), new NodeAddress { Type = "Hostname", Address = options.Hostname }],
        DaemonEndpoints = new() { KubeletEndpoint = new() { Port = options.KubeletPort } },
        NodeInfo = Info(before?.NodeInfo, view),
        DeclaredFeatures = options.AcceptsWebSockets && view.Server?.IsAtLeast(FirstMinorWithFeatures) == true ? [ExtendWebSockets] : null,
    };

    private static NodeAddress Internal(System.Net.IPAddress address) => new()
    {
        Type = "InternalIP",
        Address = (address.AddressFamily == AddressFamily.InterNetworkV6 && address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString(),
    };

    private Dictionary<string, string> Amounts(IReadOnlyDictionary<string, Quantity> amounts)
    {
        var all = amounts.ToDictionary(a => a.Key, a => a.Value.ToString(), StringComparer.Ordinal);
        all.TryAdd("ephemeral-storage", options.EphemeralStorage.ToString());
        return all;
    }

    // Slurm has not answered yet and nobody knows the node: it offers nothing, which the scheduler understands.
    private static Dictionary<string, string> Nothing() => new() { ["cpu"] = "0", ["memory"] = "0", ["pods"] = "0", ["ephemeral-storage"] = "0" };

    private NodeSystemInfo Info(NodeSystemInfo? before, NodeView view) => new()
    {
        MachineID = options.Machine.MachineId,
        SystemUUID = options.Machine.SystemUuid,
        BootID = options.Machine.BootId,
        KernelVersion = options.Machine.KernelVersion,
        OsImage = options.Machine.OsImage,
        ContainerRuntimeVersion = view.Backend?.BackendVersion ?? (before?.ContainerRuntimeVersion is { Length: > 0 } last ? last : UnknownRuntime),
        KubeletVersion = VersionLike(view.Server?.GitVersion) ?? before?.KubeletVersion ?? UnknownVersion + NodeMark.BuildMetadata,
        OperatingSystem = options.Machine.OperatingSystem,
        Architecture = options.Machine.Architecture,
    };

    // "v1.31.4-gke.1183000" is v1.31.4: what a vendor added is not true of us.
    private static string? VersionLike(string? gitVersion)
    {
        var core = gitVersion?.Split('-', '+')[0];
        return core is ['v', ..] && Version.TryParse(core[1..], out _) ? core + NodeMark.BuildMetadata : null;
    }
}
