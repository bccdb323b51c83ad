namespace VirtualKubelet.Configuration;

/// <summary>The way a container becomes a process.</summary>
public enum RuntimeName
{
    /// <summary>A plain process of the compute node; the image is not used.</summary>
    Host,
}
