namespace VirtualKubelet.Providers;

/// <summary>Identity of a workload: the UID decides, the names are for people.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Name">The pod's name.</param>
/// <param name="Uid">The pod's UID.</param>
public sealed record WorkloadId(string Namespace, string Name, string Uid)
{
    /// <summary><c>namespace/name (uid)</c>.</summary>
    public override string ToString() => $"{Namespace}/{Name} ({Uid})";
}
