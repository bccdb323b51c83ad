namespace VirtualKubelet.Configuration;

/// <summary>Where pods run.</summary>
public enum NodeBackend
{
    /// <summary>Each pod is one Slurm job.</summary>
    Slurm,

    /// <summary>Each pod's job script is a plain process on the agent's machine: for a first look, not for work.</summary>
    Local,
}
