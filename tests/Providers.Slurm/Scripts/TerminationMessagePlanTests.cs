using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers.Contract;
using VirtualKubelet.Providers.Slurm.Scripts;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Tests.Scripts;

/// <summary>From a container's spec to <c>pod.json</c>.</summary>
[Trait("Item", "N17")]
public sealed class TerminationMessagePlanTests
{
    [Theory]
    [InlineData(null, null, null, TerminationMessagePolicy.File)]
    [InlineData("", "File", null, TerminationMessagePolicy.File)]
    [InlineData("/dev/termination-log", "File", "/dev/termination-log", TerminationMessagePolicy.File)]
    [InlineData("/scratch/message", "FallbackToLogsOnError", "/scratch/message", TerminationMessagePolicy.FallbackToLogsOnError)]
    public void The_plan_says_where_a_termination_message_is_and_what_stands_in_for_it(
        string? path, string? policy, string? planned, TerminationMessagePolicy plannedPolicy)
    {
        var plan = Plan(path, policy);

        Assert.All(
            [plan.InitContainers[0], plan.Containers[0]],
            container => Assert.Equal((planned, plannedPolicy), (container.TerminationMessagePath, container.TerminationMessagePolicy)));
    }

    [Theory]
    [InlineData("/a\0b", null, "terminationMessagePath must be text")]
    [InlineData(null, "Always", "terminationMessagePolicy must be one of File, FallbackToLogsOnError")]
    [InlineData(null, "0", "terminationMessagePolicy must be one of")]
    public void What_no_shim_could_do_is_refused(string? path, string? policy, string reason)
    {
        var error = Assert.Throws<ProviderException>(() => Plan(path, policy));

        Assert.Equal(ProviderErrorKind.Invalid, error.Kind);
        Assert.Contains(reason, error.Message);
    }

    private static PodPlan Plan(string? path, string? policy)
    {
        Container Shell(string name) => TestPod.Shell("true", name) with { TerminationMessagePath = path, TerminationMessagePolicy = policy };
        var workload = TestPod.Of(new PodSpec { InitContainers = [Shell("init")], Containers = [Shell("main")] });
        var options = new SlurmProviderOptions { NodeName = "vk", WorkDirectory = "/work", ShimPath = "/shim" };
        var request = new JobRequestBuilder(options).Build(workload, new PodDirectoryLayout("/work/pod"));
        return PodPlanBuilder.Build(workload, request, options.Runtime);
    }
}
