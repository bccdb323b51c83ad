using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Controllers.Queues;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.Nodes;

/// <summary>Tells the API server of the node's status: when it has changed, and every five minutes when it has not. The lease is the heartbeat in between.</summary>
internal sealed class NodeStatusWriter(
    NodeApi api, NodeStatusBuilder builder, NodeEvents events, NodeControllerOptions options, TimeProvider time, ILogger logger)
{
    private long? _postedAt;
    private TimeSpan _delay;
    private string _sent = "";
    private bool _hasCleared;

    /// <summary>The status as it should be.</summary>
    public NodeStatus Build(NodeStatus? before, NodeView view) => builder.Build(before, view);

    /// <summary>A Node was created together with its status.</summary>
    public void Created(Node node)
    {
        Tell(null, node.Status?.Conditions ?? []);
        Posted(isChange: true);
    }

    /// <summary>Posts the status if there is reason to.</summary>
    /// <param name="known">The Node as far as it is known; after a failure it is read anew.</param>
    /// <param name="view">What there is to say.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ApiException">No try succeeded, or there is no such Node any more.</exception>
    public async Task PostAsync(Node known, NodeView view, CancellationToken cancellationToken)
    {
        var backoff = new Backoff<string>(options.FirstRetryDelay, options.MaxRetryDelay);
        for (var tries = 1; ; tries++)
        {
            try
            {
                var node = tries == 1 ? known : await api.FindAsync(cancellationToken) ?? known;
                await TryAsync(node, view, cancellationToken);
                return;
            }
            catch (ApiException e) when (e.Kind != ApiErrorKind.NotFound && tries < options.MaxTries)
            {
                await Task.Delay(backoff.Next(""), time, cancellationToken);
            }
            catch (ApiException)
            {
                NodeMetrics.PostFailed();
                throw;
            }
        }
    }

    private async Task TryAsync(Node node, NodeView view, CancellationToken cancellationToken)
    {
        var wanted = builder.Build(node.Status, view);
        var patch = NodeStatusPatch.Between(node.Status, wanted, Withdrawn(node.Status, wanted, view));

        // What a server does not take, such as a field that it does not know, is not told again every ten seconds.
        var isChange = patch.Changes.Length > 0 && patch.Changes != _sent;
        if (!isChange && !IsDue)
        {
            _sent = patch.Changes;
            return;
        }

        await api.PatchAsync(patch.ToPatch(), "status", cancellationToken);
        _sent = patch.Changes;
        _hasCleared |= view.Backend?.BackendVersion is not null;
        Tell(node.Status?.Conditions, wanted.Conditions!);
        Posted(isChange);
        NodeMetrics.Posted(isChange);
    }

    private bool IsDue => _postedAt is not { } at || time.GetElapsedTime(at) >= options.ReportInterval + _delay;

    // After a change the next report comes after half to one and a half of the interval, so that the nodes of a cluster do not report in step.
    private void Posted(bool isChange)
    {
        _delay = isChange || _postedAt is null ? options.ReportInterval * ((RandomNumberGenerator.GetInt32(1000) / 1000.0) - 0.5) : TimeSpan.Zero;
        _postedAt = time.GetTimestamp();
    }

    // Once after the start, as a kubelet does: extended resources of an earlier configuration. What an administrator adds later stays.
    private ImmutableHashSet<string> Withdrawn(NodeStatus? before, NodeStatus wanted, NodeView view) =>
        _hasCleared || view.Backend?.BackendVersion is null
            ? []
            : [.. (before?.Capacity?.Keys ?? []).Where(r => r.Contains('/', StringComparison.Ordinal) && !wanted.Capacity!.ContainsKey(r))];

    private void Tell(IReadOnlyList<NodeCondition>? before, IReadOnlyList<NodeCondition> now)
    {
        events.Transitions(before, now);
        var ready = now.FirstOrDefault(c => c.Type == NodeConditions.Ready);
        if (ready is null || ready.Status == before?.FirstOrDefault(c => c.Type == NodeConditions.Ready)?.Status)
        {
            return;
        }

        if (ready.Status == "True")
        {
            logger.NodeReady(options.NodeName);
        }
        else
        {
            logger.NodeNotReady(options.NodeName, ready.Message);
        }
    }
}
