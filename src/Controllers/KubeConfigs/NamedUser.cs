namespace VirtualKubelet.Controllers.KubeConfigs;

/// <summary>A user and its name.</summary>
internal sealed record NamedUser(string? Name, KubeUser? User);
