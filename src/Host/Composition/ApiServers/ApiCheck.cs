using System.Runtime.CompilerServices;
using VirtualKubelet.Configuration;
using VirtualKubelet.Kubernetes.Authorization;
using VirtualKubelet.Kubernetes.Client;
using VirtualKubelet.Providers.Slurm.Checks;

namespace VirtualKubelet.Host.Composition.ApiServers;

/// <summary>Tries what the agent needs of its API server.</summary>
internal sealed class ApiCheck(NodeConfiguration node, TimeProvider time)
{
    private const string Reachable = "API server lets this node in";
    private const string Permissions = "API server permissions";

    private readonly string _name = node.Metadata.Name;

    /// <summary>Checks one thing after the other; what cannot work after a failure is left out.</summary>
    public async IAsyncEnumerable<CheckResult> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (connection, fault) = Connect();
        if (connection is null)
        {
            yield return fault!;
            yield break;
        }

        using (connection)
        {
            // The user waits.
            var client = new ApiClient(connection, new ApiClientOptions { RequestTimeout = TimeSpan.FromSeconds(15), MaxRetries = 1 }, time);
            var obstacle = await ApiGate.FindObstacleAsync(client, node, cancellationToken);
            yield return obstacle is null
                ? new CheckResult(Reachable, true, connection.Server.ToString())
                : new CheckResult(Reachable, false, obstacle.Words, obstacle.Advice);
            if (obstacle is null)
            {
                yield return await CheckPodsAsync(client, cancellationToken);
                yield return await CheckPermissionsAsync(client, cancellationToken);
            }
        }
    }

    private (ApiConnection? Connection, CheckResult? Fault) Connect()
    {
        try
        {
            return (ApiServer.Connect(node.Spec, time), null);
        }
        catch (ApiConfigurationException e)
        {
            return (null, new CheckResult(Reachable, false, e.Message, "set spec.kubeconfig to a kubeconfig for this node; deploy/README.md tells how to make one"));
        }
    }

    private async Task<CheckResult> CheckPodsAsync(ApiClient client, CancellationToken cancellationToken)
    {
        const string name = "pods of the node can be listed";
        try
        {
            var pods = await client.ListAsync(ApiResources.Pods, null, new ListOptions { FieldSelector = $"spec.nodeName={_name}" }, cancellationToken);
            return new CheckResult(name, true, $"{pods.Items.Count} now");
        }
        catch (ApiException e)
        {
            return new CheckResult(name, false, e.Message, ApiAdvice.For(e, node));
        }
    }

    // Reading Secrets and ConfigMaps is left out: a node may read those of its pods only, and no question can be asked about them in general.
    private async Task<CheckResult> CheckPermissionsAsync(ApiClient client, CancellationToken cancellationToken)
    {
        try
        {
            var missing = new List<string>();
            foreach (var deed in Deeds())
            {
                var question = new SubjectAccessReview { Kind = "SelfSubjectAccessReview", Spec = new SubjectAccessReviewSpec { ResourceAttributes = deed } };
                var answer = await client.CreateAsync(ApiResources.SelfSubjectAccessReviews, question, cancellationToken);
                if (answer.Status?.Allowed != true)
                {
                    missing.Add($"{deed.Verb} {deed.Resource}{(deed.Subresource is null ? "" : $"/{deed.Subresource}")}");
                }
            }

            return missing.Count == 0
                ? new CheckResult(Permissions, true, "nodes, leases, pods, events, reviews")
                : new CheckResult(Permissions, false, $"this account may not {string.Join(", ", missing)}", "give it the rights of deploy/rbac.yaml, or use the node's own identity");
        }
        catch (ApiException e)
        {
            return new CheckResult(Permissions, false, e.Message, ApiAdvice.For(e, node));
        }
    }

    private IEnumerable<ResourceAttributes> Deeds() =>
    [
        new() { Verb = "create", Resource = "nodes", Name = _name },
        new() { Verb = "patch", Resource = "nodes", Subresource = "status", Name = _name },
        new() { Verb = "update", Group = "coordination.k8s.io", Resource = "leases", Namespace = "kube-node-lease", Name = _name },
        new() { Verb = "patch", Resource = "pods", Subresource = "status", Namespace = "default" },
        new() { Verb = "delete", Resource = "pods", Namespace = "default" },
        new() { Verb = "create", Resource = "events", Namespace = "default" },
        new() { Verb = "get", Resource = "services", Namespace = "default", Name = "kubernetes" },
        new() { Verb = "create", Group = "authentication.k8s.io", Resource = "tokenreviews" },
        new() { Verb = "create", Group = "authorization.k8s.io", Resource = "subjectaccessreviews" },
    ];
}
