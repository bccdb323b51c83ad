namespace VirtualKubelet.Kubernetes.Client;

/// <summary>How a patch is to be understood.</summary>
public enum PatchKind
{
    /// <summary>RFC 7386: members replace, null removes, lists are replaced whole.</summary>
    Merge,

    /// <summary>As <see cref="Merge"/>, but lists with a merge key, such as conditions by type, are merged item by item.</summary>
    StrategicMerge,

    /// <summary>RFC 6902: a list of operations.</summary>
    Json,
}
