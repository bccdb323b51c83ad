namespace VirtualKubelet.Kubelet.Server.Metrics;

/// <summary>Types of the Prometheus text format.</summary>
internal enum MetricKind
{
    /// <summary>Only grows.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>Counts by upper bounds.</summary>
    Histogram,
}
