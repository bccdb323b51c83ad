using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Controllers.StaticPods;
using VirtualKubelet.Controllers.Tests.Fakes;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Controllers.Tests.StaticPods;

/// <summary>Everything together on a real directory and a real clock, as a host wires it.</summary>
public sealed class StaticPodHostTests
{
    [Fact(Timeout = 60_000)]
    public async Task Manifests_run_change_and_end_and_bad_ones_are_shown()
    {
        using var directory = new TempDirectory();
        var provider = new FakeProvider();
        directory.Write("bad.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: bad}\nspec: {}\n");
        directory.Write("worse.yaml", "][");
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IProvider>(provider)
            .AddStaticPods(
                new PodControllerOptions { NodeName = "node-1", HostAddress = "127.0.0.1" },
                new StaticPodOptions { Directory = directory.Path, PollInterval = TimeSpan.FromMilliseconds(50), SettleTime = TimeSpan.FromMilliseconds(20) })
            .BuildServiceProvider();
        var hosted = services.GetServices<IHostedService>().Single();
        var store = services.GetRequiredService<PodStore>();
        await hosted.StartAsync(CancellationToken.None);

        directory.Write("hello.yaml", Manifests.Pod("hello"));
        Assert.StartsWith("create default/hello", await provider.NextCallAsync(), StringComparison.Ordinal);
        directory.Write("hello.yaml", Manifests.Pod("hello", "\"false\""));
        Assert.StartsWith("delete default/hello", await provider.NextCallAsync(), StringComparison.Ordinal);
        provider.ReportGone(provider.Created.Single().Id);
        Assert.StartsWith("create default/hello", await provider.NextCallAsync(), StringComparison.Ordinal);

        var pods = store.List().ToDictionary(p => p.Metadata.Name!, p => p.Status!);
        Assert.Equal(["bad", "hello", "manifest-worse-yaml-1"], pods.Keys.Order());
        Assert.Equal((PodPhases.Failed, "InvalidManifest"), (pods["bad"].Phase, pods["bad"].Reason));
        Assert.Equal("bad.yaml:4: spec.containers: is missing: a pod has at least one container", pods["bad"].Message);
        Assert.StartsWith("worse.yaml:1: is not YAML", pods["manifest-worse-yaml-1"].Message, StringComparison.Ordinal);
        Assert.True(services.GetRequiredService<SyncHeartbeat>().SinceLastTurn < TimeSpan.FromMinutes(1));

        await hosted.StopAsync(CancellationToken.None);
        Assert.False(provider.TryNextCall(out _));
    }

    [Fact(Timeout = 20_000)]
    public async Task A_manifest_can_be_read_without_running_it()
    {
        using var directory = new TempDirectory();
        directory.Write("a.yaml", Manifests.Pod("a", "\"echo\", \"$(HOME)\"") + "---\n" + Manifests.Pod("B"));
        var file = await StaticPodFile.ReadAsync(directory["a.yaml"], "node-1", "127.0.0.1", new Dictionary<string, Quantity>(), TimeProvider.System, CancellationToken.None);

        Assert.Equal("a", Assert.Single(file.Workloads).Id.Name);
        Assert.Contains("a.yaml:14: metadata.name: \"B\" is not a name", Assert.Single(file.Errors), StringComparison.Ordinal);
    }
}
