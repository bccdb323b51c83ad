using VirtualKubelet.EndToEnd.Clusters;

namespace VirtualKubelet.EndToEnd.Kube;

/// <summary>An agent in a cluster, shared by the tests of a class that leave it as it was.</summary>
public sealed class JoinedAgent(KubernetesSite site) : IAsyncLifetime
{
    private NodeAgent? _agent;

    internal NodeAgent Agent => _agent!;

    public async Task InitializeAsync() => _agent = await NodeAgent.StartAsync(site);

    public async Task DisposeAsync()
    {
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }
    }
}
