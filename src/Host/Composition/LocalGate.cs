using Microsoft.Extensions.Logging;
using VirtualKubelet.Configuration;

namespace VirtualKubelet.Host.Composition;

/// <summary>
/// Waits until this machine lets the agent serve its node. That comes before the lease: an agent that takes it and then cannot start renews it all the
/// same, at each of its restarts, and the cluster goes on sending pods to a node that nobody serves.
/// </summary>
internal sealed partial class LocalGate(NodeConfiguration node, NodeServices services, TimeProvider time, ILogger<LocalGate> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Returns the lock on the state directory. There is no bound: whoever stops the other agent need not restart this one.</summary>
    /// <exception cref="IOException">The state directory cannot be used, or the address not be listened on.</exception>
    /// <exception cref="UnauthorizedAccessException">The state directory cannot be used.</exception>
    public async Task<AgentLock> WaitAsync(CancellationToken cancellationToken)
    {
        string? told = null;
        while (true)
        {
            try
            {
                return Enter();
            }
            catch (BusyException e)
            {
                if (e.Message != told)
                {
                    LogStandingBy(node.Metadata.Name, e.Message);
                    told = e.Message;
                }
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    private AgentLock Enter()
    {
        var only = services.TakeState();
        try
        {
            ListenProbe.Try(node.Spec.Kubelet.Address, node.Spec.Kubelet.Port);
            return only;
        }
        catch
        {
            only.Dispose();
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "node {Node} stands by: {Words}")]
    private partial void LogStandingBy(string node, string words);
}
