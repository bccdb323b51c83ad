namespace VirtualKubelet.Benchmarks.Raw;

/// <summary>What a relay speaks on its two sides.</summary>
internal enum RelayHop
{
    /// <summary>Plain TCP on both.</summary>
    Plain,

    /// <summary>TLS to whoever connects to it, as the agent.</summary>
    TlsListener,

    /// <summary>TLS to where it connects, as <c>vk-slurm port-forward</c>.</summary>
    TlsDialer,
}
