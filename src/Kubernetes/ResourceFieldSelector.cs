namespace VirtualKubelet.Kubernetes;

/// <summary>Names a request or limit of a container (core/v1 <c>ResourceFieldSelector</c>).</summary>
public sealed record ResourceFieldSelector
{
    /// <summary>The container; absent means the one that holds the variable.</summary>
    public string? ContainerName { get; init; }

    /// <summary>The amount, such as <c>limits.memory</c>.</summary>
    public string? Resource { get; init; }

    /// <summary>The unit of the result; absent means 1.</summary>
    public string? Divisor { get; init; }
}
