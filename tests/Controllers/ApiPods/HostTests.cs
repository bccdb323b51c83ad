using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using VirtualKubelet.Controllers.Events;
using VirtualKubelet.Controllers.Leadership;
using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Controllers.Tests.Fakes;
using VirtualKubelet.Controllers.Tests.Informers;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;
using VirtualKubelet.Providers;
using VirtualKubelet.Testing.ApiServer;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Controllers.Tests.ApiPods;

/// <summary>Everything together on a real clock, as a host wires it.</summary>
public sealed class HostTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_pod_lives_and_dies()
    {
        await using var server = await FakeApiServer.StartAsync();
        using var connection = new ApiConnection(new ApiConnectionOptions { Server = server.Url }, TimeProvider.System);
        var provider = new FakeProvider();
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IProvider>(provider)
            .AddSingleton(new ApiClient(connection, InformerHarness.Limits, TimeProvider.System))
            .AddSingleton<ILeadership, FakeLeadership>()
            .AddSingleton<IEventRecorder, FakeEvents>()
            .AddApiPods(new PodControllerOptions { NodeName = "virtual-0", HostAddress = "127.0.0.1" })
            .BuildServiceProvider();
        var hosted = services.GetServices<IHostedService>().ToList();
        foreach (var service in hosted)
        {
            await service.StartAsync(CancellationToken.None);
        }

        var uid = server.Store.Put(ResourceTypes.Pods, """
            {"metadata":{"name":"a"},"spec":{"nodeName":"virtual-0","containers":[{"name":"main","image":"x","command":["true"]}]},"status":{"phase":"Pending"}}
            """).Text("metadata.uid")!;
        Assert.Equal($"create default/a {uid}", await provider.NextCallAsync());
        var id = new WorkloadId("default", "a", uid);
        provider.Report(id, new PodStatus { Phase = PodPhases.Running, ContainerStatuses = [TestPods.Running("main")] });
        await PodControllerHarness.UntilAsync(() => server.Store.Get(ApiPodHarness.Key("a")).Text("status.phase") == "Running");
        var client = services.GetRequiredService<ApiClient>();
        await client.DeleteAsync(ApiResources.Pods, new ObjectKey("default", "a"), new DeleteOptions(), CancellationToken.None);
        Assert.Equal($"delete default/a {uid} 30", await provider.NextCallAsync());
        provider.ReportGone(id);
        await PodControllerHarness.UntilAsync(() => server.Store.Find(ApiPodHarness.Key("a")) is null);

        foreach (var service in hosted.AsEnumerable().Reverse())
        {
            await service.StopAsync(CancellationToken.None);
        }
    }
}
