namespace VirtualKubelet.Controllers.Workloads;

/// <summary>Kinds of objects that variables come from; the names are Kubernetes'.</summary>
internal enum ConfigKind
{
    /// <summary>A ConfigMap.</summary>
    ConfigMap,

    /// <summary>A Secret.</summary>
    Secret,
}
