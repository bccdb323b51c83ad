namespace VirtualKubelet.Kubernetes.Client;

/// <summary>What an object is called among those of its kind.</summary>
/// <param name="Namespace">The namespace; empty for what has none, such as a node.</param>
/// <param name="Name">The name.</param>
public readonly record struct ObjectKey(string Namespace, string Name)
{
    /// <summary>The key of an object.</summary>
    public static ObjectKey Of(IKubernetesObject named) => new(named.Metadata.Namespace ?? "", named.Metadata.Name ?? "");

    /// <summary>The key of an object without namespace.</summary>
    public static ObjectKey Cluster(string name) => new("", name);

    /// <inheritdoc/>
    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
