namespace VirtualKubelet.Controllers.KubeConfigs;

/// <summary>A context and its name.</summary>
internal sealed record NamedContext(string? Name, KubeContext? Context);
