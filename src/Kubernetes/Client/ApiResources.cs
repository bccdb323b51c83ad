using VirtualKubelet.Kubernetes.Authentication;
using VirtualKubelet.Kubernetes.Authorization;
using VirtualKubelet.Kubernetes.Certificates;
using VirtualKubelet.Kubernetes.Coordination;

namespace VirtualKubelet.Kubernetes.Client;

/// <summary>The resources a node agent deals with.</summary>
public static class ApiResources
{
    private static readonly KubernetesJson Json = KubernetesJson.Api;

    /// <summary>Pods.</summary>
    public static ApiResource<Pod> Pods { get; } = new("v1", "pods", true, Json.Pod, Json.ApiListPod);

    /// <summary>Nodes.</summary>
    public static ApiResource<Node> Nodes { get; } = new("v1", "nodes", false, Json.Node, Json.ApiListNode);

    /// <summary>Events.</summary>
    public static ApiResource<Event> Events { get; } = new("v1", "events", true, Json.Event, Json.ApiListEvent);

    /// <summary>ConfigMaps.</summary>
    public static ApiResource<ConfigMap> ConfigMaps { get; } = new("v1", "configmaps", true, Json.ConfigMap, Json.ApiListConfigMap);

    /// <summary>Secrets.</summary>
    public static ApiResource<Secret> Secrets { get; } = new("v1", "secrets", true, Json.Secret, Json.ApiListSecret);

    /// <summary>Services.</summary>
    public static ApiResource<Service> Services { get; } = new("v1", "services", true, Json.Service, Json.ApiListService);

    /// <summary>Leases, of nodes and of leaders.</summary>
    public static ApiResource<Lease> Leases { get; } = new("coordination.k8s.io/v1", "leases", true, Json.Lease, Json.ApiListLease);

    /// <summary>Questions whose token it is; they can only be created.</summary>
    public static ApiResource<TokenReview> TokenReviews { get; } =
        new("authentication.k8s.io/v1", "tokenreviews", false, Json.TokenReview, Json.ApiListTokenReview);

    /// <summary>Questions whether a deed is allowed; they can only be created.</summary>
    public static ApiResource<SubjectAccessReview> SubjectAccessReviews { get; } =
        new("authorization.k8s.io/v1", "subjectaccessreviews", false, Json.SubjectAccessReview, Json.ApiListSubjectAccessReview);

    /// <summary>The same about who asks; their kind is <c>SelfSubjectAccessReview</c>, and they name no user.</summary>
    public static ApiResource<SubjectAccessReview> SelfSubjectAccessReviews { get; } =
        new("authorization.k8s.io/v1", "selfsubjectaccessreviews", false, Json.SubjectAccessReview, Json.ApiListSubjectAccessReview);

    /// <summary>Requests for certificates.</summary>
    public static ApiResource<CertificateSigningRequest> CertificateSigningRequests { get; } =
        new("certificates.k8s.io/v1", "certificatesigningrequests", false, Json.CertificateSigningRequest, Json.ApiListCertificateSigningRequest);
}
