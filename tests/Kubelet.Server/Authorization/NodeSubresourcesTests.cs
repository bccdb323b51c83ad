using VirtualKubelet.Kubelet.Server.Authorization;
using VirtualKubelet.Kubelet.Server.Routing;

namespace VirtualKubelet.Kubelet.Server.Tests.Authorization;

public sealed class NodeSubresourcesTests
{
    [Theory]
    [Trait("Item", "A8")]
    [InlineData("/stats", "stats")]
    [InlineData("/stats/summary", "stats")]
    [InlineData("/metrics", "metrics")]
    [InlineData("/metrics/resource", "metrics")]
    [InlineData("/metrics/cadvisor", "metrics")]
    [InlineData("/logs/", "log")]
    [InlineData("/logs/x", "log")]
    [InlineData("/checkpoint/ns/p/c", "checkpoint")]
    [InlineData("/pods", "pods proxy")]
    [InlineData("/pods/", "pods proxy")]
    [InlineData("/runningpods/", "pods proxy")]
    [InlineData("/healthz", "healthz proxy")]
    [InlineData("/healthz/syncloop", "healthz proxy")]
    [InlineData("/configz", "configz proxy")]
    [InlineData("/statusz", "statusz")]
    [InlineData("/flagz", "configz")]
    [InlineData("/exec/ns/p/c", "proxy")]
    [InlineData("/attach/ns/p/c", "proxy")]
    [InlineData("/run/ns/p/c", "proxy")]
    [InlineData("/portForward/ns/p", "proxy")]
    [InlineData("/containerLogs/ns/p/c", "proxy")]
    [InlineData("/debug/pprof/heap", "proxy")]
    [InlineData("/statsx", "proxy")]
    [InlineData("/Metrics", "proxy")]
    [InlineData("/metrics%2Fresource", "proxy")]
    [InlineData("/exec/metrics", "proxy")]
    [InlineData("/", "proxy")]
    public void Each_path_has_the_subresources_of_the_kubelets_table(string target, string subresources)
    {
        Assert.True(RequestPath.TryParse(target, out var path));

        Assert.Equal(subresources.Split(' '), NodeSubresources.Of(path));
    }
}
