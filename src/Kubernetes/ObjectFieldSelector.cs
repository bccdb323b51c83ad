namespace VirtualKubelet.Kubernetes;

/// <summary>Names a field of the pod (core/v1 <c>ObjectFieldSelector</c>).</summary>
public sealed record ObjectFieldSelector
{
    /// <summary>Version of the path; absent means <c>v1</c>.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The path, such as <c>metadata.name</c> or <c>metadata.labels['app']</c>.</summary>
    public string? FieldPath { get; init; }
}
