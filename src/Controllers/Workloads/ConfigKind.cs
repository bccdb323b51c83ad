namespace VirtualKubelet.Controllers.Workloads;

/// <summary>Kinds of objects that variables and files come from; the names are Kubernetes'.</summary>
internal enum ConfigKind
{
    /// <summary>A ConfigMap.</summary>
    ConfigMap,

    /// <summary>A Secret.</summary>
    Secret,
}
