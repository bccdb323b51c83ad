namespace VirtualKubelet.Controllers.Workloads;

/// <summary>An object that a pod names; it is in the pod's namespace.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Its name.</param>
internal readonly record struct ConfigReference(ConfigKind Kind, string Name)
{
    /// <summary>Such as <c>configmap "settings"</c>, as a kubelet words it.</summary>
    public override string ToString() => $"{(Kind == ConfigKind.Secret ? "secret" : "configmap")} \"{Name}\"";
}
