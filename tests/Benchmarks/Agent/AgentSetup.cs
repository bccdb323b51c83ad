namespace VirtualKubelet.Benchmarks.Agent;

/// <summary>How an agent is set up.</summary>
internal sealed record AgentSetup
{
    /// <summary>Where everything of it lies.</summary>
    public required string Directory { get; init; }

    /// <summary><c>Local</c> or <c>Slurm</c>.</summary>
    public required string Backend { get; init; }

    /// <summary>Variables of the process beside our own.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>sbatch commands at once.</summary>
    public int MaxConcurrentSubmits { get; init; } = 4;

    /// <summary>Milliseconds between two squeue calls; 2000 is the product's default.</summary>
    public int PollMilliseconds { get; init; } = 2000;

    /// <summary>Seconds that a pod's channel is kept without a session; 300 is the product's default.</summary>
    public int ChannelIdleSeconds { get; init; } = 300;

    /// <summary>Whether channels move their data to a connection that the shim dials back.</summary>
    public bool DialBack { get; init; } = true;

    /// <summary>The node YAML.</summary>
    public string ConfigFile => Path.Combine(Directory, "node.yaml");

    /// <summary>The pods' manifests.</summary>
    public string Manifests => Path.Combine(Directory, "manifests");

    /// <summary>The pod directories.</summary>
    public string WorkDirectory => Path.Combine(Directory, "work");

    /// <summary>Token and certificate.</summary>
    public string StateDirectory => Path.Combine(Directory, "state");

    /// <summary>The agent's own log.</summary>
    public string LogFile => Path.Combine(Directory, "agent.log");

    /// <summary>Writes the node YAML.</summary>
    public void Write(string shim)
    {
        System.IO.Directory.CreateDirectory(Manifests);
        File.WriteAllText(ConfigFile, $$"""
            apiVersion: slurm.virtual-kubelet.io/v1alpha1
            kind: VirtualNode
            metadata: {name: bench}
            spec:
              backend: {{Backend}}
              workDirectory: {{WorkDirectory}}
              stateDirectory: {{StateDirectory}}
              podDirectoryRetention: 0s
              kubelet: {port: 0}
              limits: {pods: 100000}
              runtime: {shimPath: {{shim}}}
              channel: {idlePeriod: {{ChannelIdleSeconds}}s, dialBack: {{(DialBack ? "true" : "false")}}}
              slurm: {pollInterval: {{PollMilliseconds}}ms, maxConcurrentSubmits: {{MaxConcurrentSubmits}}, allowedFlags: [--hold]}
            """);
    }
}
