using System.Net;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Configuration.Tests;

public sealed class RecordTests
{
    [Fact]
    public void A_file_that_says_little_gets_the_defaults()
    {
        var node = Load("smallest");

        Assert.Equal("n", node.Metadata.Name);
        Assert.Equal("/work/.vk-slurm", node.Spec.StateDirectory);
        Assert.Equal(IPAddress.Loopback, node.Spec.Kubelet.Address);
        Assert.Equal(10250, node.Spec.Kubelet.Port);
        Assert.Null(node.Spec.Kubelet.Tls);
        Assert.Null(node.Spec.Kubeconfig);
        Assert.False(node.Spec.Kubelet.ServerTlsBootstrap);
        Assert.Empty(node.Spec.Kubelet.NodeAddresses);
        Assert.Equal(40, node.Spec.Kubelet.NodeLeaseDurationSeconds);
        Assert.True(node.Spec.Kubelet.EnableDebuggingHandlers);
        Assert.Equal(NodeBackend.Slurm, node.Spec.Backend);
        Assert.Equal(TimeSpan.FromSeconds(2), node.Spec.Slurm.PollInterval);
        Assert.Empty(node.Spec.Slurm.AllowedAnnotations);
        Assert.Null(node.Spec.Slurm.Partition);
        Assert.Null(node.Spec.Defaults.Cpu);
        Assert.Equal(new NodeTaint { Key = "virtual-kubelet.io/provider", Value = "slurm", Effect = TaintEffect.NoSchedule }, Assert.Single(node.Spec.Taints));
        Assert.Equal(new RuntimeConfiguration { Name = RuntimeName.Host }, node.Spec.Runtime);
    }

    [Fact]
    public void Node_and_kubelet_keys_reach_their_records()
    {
        var node = Load("everything");

        Assert.Equal("hpc-gpu.example.com", node.Metadata.Name);
        Assert.Equal("north", node.Metadata.Labels["example.com/site"]);
        Assert.Equal(3, node.Metadata.Labels.Count);
        Assert.Equal([TaintEffect.NoSchedule, TaintEffect.NoExecute, TaintEffect.PreferNoSchedule], node.Spec.Taints.Select(t => t.Effect));
        Assert.Equal(
            new KubeletConfiguration
            {
                Address = IPAddress.Parse("fd00::17"),
                Port = 10251,
                Tls = new KubeletTls { CertFile = "/etc/vk-slurm/tls.crt", KeyFile = "/etc/vk-slurm/tls.key" },
                NodeAddresses = node.Spec.Kubelet.NodeAddresses,
                Authentication = new KubeletAuthentication { TokenFile = "/etc/vk-slurm/token", ClientCAFile = "/etc/vk-slurm/client-ca.crt" },
                EnableDebuggingHandlers = false,
                StreamingConnectionIdleTimeout = TimeSpan.FromMinutes(30),
                NodeLeaseDurationSeconds = 20,
                NodeStatusUpdateFrequency = TimeSpan.FromSeconds(5),
                NodeStatusReportFrequency = TimeSpan.FromMinutes(1),
            },
            node.Spec.Kubelet);
        Assert.Equal([IPAddress.Parse("10.0.0.17"), IPAddress.Parse("fd00::17")], node.Spec.Kubelet.NodeAddresses);
        Assert.Equal("/etc/vk-slurm/kube config", node.Spec.Kubeconfig);
        Assert.Equal("/shared/site.a/vk-slurm_1", node.Spec.WorkDirectory);
        Assert.Equal("/var/lib/with space/ünïcode", node.Spec.StateDirectory);
        Assert.Equal(TimeSpan.Zero, node.Spec.PodDirectoryRetention);
        Assert.Equal(NodeBackend.Local, node.Spec.Backend);
    }

    [Fact]
    public void Slurm_keys_reach_their_record()
    {
        var slurm = Load("everything").Spec.Slurm;

        Assert.Equal(
            new SlurmConfiguration
            {
                Partition = "gpu,gpu-long",
                Account = "12345",
                Qos = "true",
                Constraint = "a100&(ib|opa)",
                Reservation = "maint_1",
                BinDirectory = "/opt/slurm/bin",
                ConfigFile = "/etc/slurm/slurm.conf",
                CommandTimeout = TimeSpan.FromSeconds(90),
                PollInterval = TimeSpan.FromMilliseconds(500),
                LostJobGrace = TimeSpan.FromMinutes(2),
                MaxConcurrentSubmits = 8,
                AllowedAnnotations = slurm.AllowedAnnotations,
                AllowedFlags = slurm.AllowedFlags,
            },
            slurm);
        Assert.Equal(["partition", "time-limit"], slurm.AllowedAnnotations.Select(a => a.Name));
        Assert.Equal(["gpu", "gpu-long"], slurm.AllowedAnnotations[0].Values);
        Assert.Empty(slurm.AllowedAnnotations[1].Values);
        Assert.Equal(["--nice", "--exclusive"], slurm.AllowedFlags);
    }

    [Fact]
    public void Amounts_reach_their_records()
    {
        var spec = Load("everything").Spec;

        Assert.Equal(new PodDefaults { Cpu = Quantity.Parse("500m"), Memory = Quantity.Parse("1536Mi"), TimeLimit = TimeSpan.FromMinutes(90) }, spec.Defaults);
        Assert.Equal(
            new NodeLimits
            {
                Pods = 5000,
                PerPod = new PerPodLimits { Cpu = new Quantity(128), Memory = Quantity.Parse("500Gi"), TimeLimit = TimeSpan.FromHours(48) },
            },
            spec.Limits);
        Assert.Equal([("example.com/fpga", "fpga"), ("nvidia.com/gpu", "gpu:a100")], spec.ExtendedResources.Select(r => (r.Key, r.Value)));
        Assert.Equal(new RuntimeConfiguration { Name = RuntimeName.Host, ShimPath = "/shared/bin/vk-slurm-shim" }, spec.Runtime);
        Assert.Equal(
            new ChannelConfiguration
            {
                IdlePeriod = TimeSpan.FromSeconds(90),
                StartTimeout = TimeSpan.FromMinutes(1),
                DialBack = false,
                DialBackAddress = IPAddress.Parse("10.0.0.5"),
            },
            spec.Channel);
        Assert.Equal(
            new LogsConfiguration { RingBuffer = Quantity.Parse("1Mi"), MinPollInterval = TimeSpan.FromMilliseconds(1), MaxPollInterval = TimeSpan.FromSeconds(1) },
            spec.Logs);
    }

    [Fact]
    public void Each_document_is_a_node_and_empty_ones_are_none()
    {
        var nodes = NodeConfigurationFile.Load(Path.Combine(RepositoryFiles.Samples("good"), "several-nodes", "node.yaml")).Nodes;

        Assert.Equal(["cpu", "gpu", "any-port-1", "any-port-2"], nodes.Select(n => n.Metadata.Name));
    }

    private static NodeConfiguration Load(string scenario) =>
        Assert.Single(NodeConfigurationFile.Load(Path.Combine(RepositoryFiles.Samples("good"), scenario, "node.yaml")).Nodes);
}
