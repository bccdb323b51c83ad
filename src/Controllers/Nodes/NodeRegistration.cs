using Microsoft.Extensions.Logging;
using VirtualKubelet.Controllers.Leadership;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.Nodes;

/// <summary>Sees to it that the Node is there, with our labels, annotations and taints. A kubelet does so once; we, whenever it is not so.</summary>
internal sealed class NodeRegistration(
    NodeApi api, NodeDeclaration declaration, NodeStatusWriter status, NodeLease lease, NodeEvents events, NodeControllerOptions options, ILogger logger)
{
    private readonly HashSet<string> _refused = [];
    private string? _uid;
    private Node? _last;

    /// <summary>The Node as it is now: created if need be, put right where somebody changed what is ours.</summary>
    /// <param name="view">What a new Node's status is made of.</param>
    /// <param name="mustRead">Whether what is known of it is doubtful.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ApiException">It could not be created.</exception>
    /// <exception cref="ForeignNodeException">It is there, and a kubelet's.</exception>
    public async Task<Node> EnsureAsync(NodeView view, bool mustRead, CancellationToken cancellationToken)
    {
        var node = (mustRead ? null : api.Known) ?? await api.FindAsync(cancellationToken) ?? await CreateAsync(view, cancellationToken);
        if (node.Metadata.Uid != _uid)
        {
            if (NodeMark.OtherKubeletOf(node) is { } version)
            {
                throw new ForeignNodeException(options.NodeName, version);
            }

            logger.NodeAdopted(options.NodeName);
            TakeOver(node);
        }

        events.Scheduling(_last, node);
        node = await FixAsync("labels", declaration.FixMetadata, node, cancellationToken);
        node = await FixAsync("taints", declaration.FixTaints, node, cancellationToken);
        return _last = node;
    }

    private async Task<Node> CreateAsync(NodeView view, CancellationToken cancellationToken)
    {
        // Garbage collection would delete the lease for its owner's sake, again and again.
        lease.SetOwner(null);
        var node = await api.CreateAsync(declaration.Create(status.Build(null, view)), cancellationToken);
        NodeMetrics.Created();
        if (_uid is null)
        {
            logger.NodeCreated(options.NodeName);
        }
        else
        {
            logger.NodeRecreated(options.NodeName);
            events.Recreated();
        }

        TakeOver(node);
        status.Created(node);
        return node;
    }

    private void TakeOver(Node node)
    {
        _uid = node.Metadata.Uid;
        _last = null;
        _refused.Clear();
        lease.SetOwner(_uid);
    }

    // A node's own identity may change neither its taints nor some labels once it is there: then that is said once.
    private async Task<Node> FixAsync(string what, Func<Node, Patch?> fix, Node node, CancellationToken cancellationToken)
    {
        if (_refused.Contains(what) || fix(node) is not { } patch)
        {
            return node;
        }

        try
        {
            var put = await api.PatchAsync(patch, null, cancellationToken);
            logger.NodeChanged(what, options.NodeName);
            return put;
        }
        catch (ApiException e) when (e.Kind is ApiErrorKind.Forbidden or ApiErrorKind.Invalid)
        {
            _refused.Add(what);
            logger.NodeChangeRefused(what, options.NodeName, e.Message);
            events.Refused(what, e.Status?.Message ?? e.Message);
            return node;
        }
    }
}
