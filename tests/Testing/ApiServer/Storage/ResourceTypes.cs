namespace VirtualKubelet.Testing.ApiServer.Storage;

/// <summary>The resources the server knows.</summary>
public static class ResourceTypes
{
    public static ResourceType Pods { get; } = new("v1", "pods", "Pod", true)
    {
        HasStatus = true,
        IsDeletedGracefully = true,
        SelectableFields = ["spec.nodeName", "spec.restartPolicy", "status.phase"],
    };

    public static ResourceType Nodes { get; } = new("v1", "nodes", "Node", false) { HasStatus = true, SelectableFields = ["spec.unschedulable"] };

    public static ResourceType ConfigMaps { get; } = new("v1", "configmaps", "ConfigMap", true);

    public static ResourceType Secrets { get; } = new("v1", "secrets", "Secret", true) { SelectableFields = ["type"] };

    public static ResourceType ServiceAccounts { get; } = new("v1", "serviceaccounts", "ServiceAccount", true);

    public static ResourceType Events { get; } = new("v1", "events", "Event", true)
    {
        SelectableFields = ["involvedObject.kind", "involvedObject.name", "involvedObject.namespace", "involvedObject.uid", "reason", "type"],
    };

    public static ResourceType Leases { get; } = new("coordination.k8s.io/v1", "leases", "Lease", true) { UpdateNeedsVersion = true };

    public static ResourceType CertificateSigningRequests { get; } =
        new("certificates.k8s.io/v1", "certificatesigningrequests", "CertificateSigningRequest", false) { HasStatus = true, SelectableFields = ["spec.signerName"] };

    public static ResourceType TokenReviews { get; } = new("authentication.k8s.io/v1", "tokenreviews", "TokenReview", false) { IsReview = true };

    public static ResourceType SubjectAccessReviews { get; } =
        new("authorization.k8s.io/v1", "subjectaccessreviews", "SubjectAccessReview", false) { IsReview = true };

    public static IReadOnlyList<ResourceType> All { get; } =
        [Pods, Nodes, ConfigMaps, Secrets, ServiceAccounts, Events, Leases, CertificateSigningRequests, TokenReviews, SubjectAccessReviews];
}
