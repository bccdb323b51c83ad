namespace VirtualKubelet.Providers.Slurm;

/// <summary>What runs the jobs.</summary>
public enum BackendKind
{
    /// <summary>Slurm, through its commands.</summary>
    Slurm,

    /// <summary>Plain processes on this machine: for a first look without Slurm.</summary>
    Local,
}
