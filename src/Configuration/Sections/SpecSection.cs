using VirtualKubelet.Configuration.Reading;

namespace VirtualKubelet.Configuration.Sections;

/// <summary><c>spec</c>.</summary>
internal static class SpecSection
{
    public static NodeSpec Blank { get; } = new() { WorkDirectory = "" };

    public static Section<NodeSpec> Instance { get; } = new Section<NodeSpec>(Blank)
        .Key("taints", new ListReader<NodeTaint>(TaintSection.Instance, t => $"{t.Key}:{t.Effect}"), s => s.Taints, (s, v) => s with { Taints = v },
            "Taints that the node carries, so that only pods that tolerate them come here.")
        .Key("kubeconfig", Scalars.Text(TextRules.AbsolutePath), s => s.Kubeconfig, (s, v) => s with { Kubeconfig = v },
            "Absolute path of the kubeconfig with which the agent joins a cluster, as the node itself (system:node:NAME) or as a service account. Default: the service account of the pod that the agent runs in. Not used standalone.")
        .Key("kubelet", KubeletSection.Instance, s => s.Kubelet, (s, v) => s with { Kubelet = v },
            "The kubelet API that the agent serves for this node.")
        .Required("workDirectory", Scalars.Text(TextRules.WorkDirectory), (s, v) => s with { WorkDirectory = v },
            "Absolute path of the parent of all pod directories. The compute nodes must see it under the same path. Letters, digits and -_.:=,@+ only, since sbatch cannot quote. No other node of the file may use it.")
        // Its default hangs on another key, so the schema can only tell it in words.
        .Key("stateDirectory", Scalars.Text(TextRules.AbsolutePath), _ => null, (s, v) => s with { StateDirectory = v },
            "Absolute path of the agent's own state: generated certificate and token. Default: .vk-slurm inside workDirectory.")
        .Key("podDirectoryRetention", Scalars.Duration(TimeSpan.Zero, TimeSpan.FromDays(365), "24h or 30m"), s => s.PodDirectoryRetention, (s, v) => s with { PodDirectoryRetention = v },
            "How long the directory of a deleted pod, its logs among it, is kept. 0s removes it at once.")
        .Key("backend", Scalars.Enumeration<NodeBackend>(), s => s.Backend, (s, v) => s with { Backend = v },
            "Where pods run: Slurm makes each one a Slurm job; Local runs the same job script as a plain process on this machine, for a first look.")
        .Key("slurm", SlurmSection.Instance, s => s.Slurm, (s, v) => s with { Slurm = v },
            "How jobs are submitted and watched.")
        .Key("defaults", DefaultsSection.Instance, s => s.Defaults, (s, v) => s with { Defaults = v },
            "What is asked of Slurm for a pod that says nothing itself.")
        .Key("limits", LimitsSection.Instance, s => s.Limits, (s, v) => s with { Limits = v },
            "What the node holds and what one pod may ask.")
        .Key("extendedResources", new MapReader(TextRules.ExtendedResource, Scalars.Text(TextRules.Gres)), s => s.ExtendedResources, (s, v) => s with { ExtendedResources = v },
            "Extended resources that pods may ask for, and the Slurm gres (name or name:type) that stands for one of each.")
        .Key("runtime", RuntimeSection.Instance, s => s.Runtime, (s, v) => s with { Runtime = v },
            "How containers are started inside a job.")
        .Key("channel", ChannelSection.Instance, s => s.Channel, (s, v) => s with { Channel = v },
            "How running pods are reached for exec, attach and port-forward: through one job step a pod, started at the first need.")
        .Key("logs", LogsSection.Instance, s => s.Logs, (s, v) => s with { Logs = v },
            "How logs are followed.")
        .Rule(SpecRules.DefaultsKeepLimits)
        .Rule(SpecRules.StateHasItsOwnDirectory);
}
