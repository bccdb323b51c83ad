namespace VirtualKubelet.Configuration;

/// <summary>What a taint does to pods that do not tolerate it; the names are Kubernetes'.</summary>
public enum TaintEffect
{
    /// <summary>New pods are not scheduled here.</summary>
    NoSchedule,

    /// <summary>New pods are scheduled here only when nothing else is free.</summary>
    PreferNoSchedule,

    /// <summary>New pods are not scheduled here and running ones are evicted.</summary>
    NoExecute,
}
