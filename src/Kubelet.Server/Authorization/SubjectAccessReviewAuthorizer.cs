using System.Security.Cryptography;
using System.Text.Json;
using VirtualKubelet.Kubelet.Server.Authentication;
using VirtualKubelet.Kubelet.Server.Reviews;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Authorization;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Kubelet.Server.Authorization;

/// <summary>Asks the API server whether a user may do something to the node, and believes a yes for five minutes, a no for thirty seconds.</summary>
internal sealed class SubjectAccessReviewAuthorizer(ReviewOptions options, TimeProvider time) : IAuthorizer
{
    private static readonly TimeSpan AllowedLifetime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan DeniedLifetime = TimeSpan.FromSeconds(30);

    private readonly SharedReviews<bool> _reviews = new("access", options, time);

    /// <inheritdoc/>
    /// <exception cref="ApiException">The API server could not be asked.</exception>
    public ValueTask<bool> AuthorizeAsync(User user, NodeAccess access, CancellationToken cancellationToken)
    {
        var spec = SpecOf(user, access);
        return new(_reviews.AskAsync(Digest(spec), waiting => ReviewAsync(spec, waiting), cancellationToken));
    }

    /// <summary>All of the question, whatever its length.</summary>
    private static string Digest(SubjectAccessReviewSpec spec) =>
        Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(spec, KubernetesJson.Api.SubjectAccessReviewSpec)));

    private async Task<Reviewed<bool>> ReviewAsync(SubjectAccessReviewSpec spec, CancellationToken cancellationToken)
    {
        var question = new SubjectAccessReview { Spec = spec };
        var review = await options.Client.CreateAsync(ApiResources.SubjectAccessReviews, question, cancellationToken);
        var status = review.Status ?? throw new ApiException(ApiErrorKind.Garbled, "the API server's SubjectAccessReview has no status");
        var isAllowed = status is { Allowed: true, Denied: not true };
        return new(isAllowed, isAllowed, isAllowed ? AllowedLifetime : DeniedLifetime);
    }

    private SubjectAccessReviewSpec SpecOf(User user, NodeAccess access) => new()
    {
        User = user.Name,
        Uid = user.Uid,
        Groups = user.Groups,
        Extra = user.Extra.Count == 0 ? null : Sorted(user.Extra),
        ResourceAttributes = new ResourceAttributes
        {
            Namespace = "",
            Verb = access.Verb,
            Group = "",
            Version = "v1",
            Resource = "nodes",
            Subresource = access.Subresource,
            Name = options.NodeName,
        },
    };

    // The same question has the same text, in whatever order it was learnt.
    private static SortedDictionary<string, IReadOnlyList<string>> Sorted(IReadOnlyDictionary<string, IReadOnlyList<string>> extra)
    {
        var sorted = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (name, values) in extra)
        {
            sorted[name] = values;
        }

        return sorted;
    }
}
