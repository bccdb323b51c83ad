namespace VirtualKubelet.Kubernetes;

/// <summary>An object of the API that is stored under a name.</summary>
public interface IKubernetesObject
{
    /// <summary>Group and version, such as <c>v1</c>.</summary>
    string? ApiVersion { get; }

    /// <summary>The kind, such as <c>Pod</c>.</summary>
    string? Kind { get; }

    /// <summary>Name, labels and the like.</summary>
    ObjectMeta Metadata { get; }
}
