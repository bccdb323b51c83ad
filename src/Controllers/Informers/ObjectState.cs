using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.Informers;

/// <summary>What is known about one object.</summary>
/// <param name="IsKnown">Whether the server has said anything about it yet.</param>
/// <param name="Object">The object; null when there is none, or when nothing is known.</param>
/// <param name="Error">Why there is no news, such as a right that is missing; what is known may be old then. Null when all is well.</param>
internal sealed record ObjectState<T>(bool IsKnown, T? Object, ApiException? Error)
    where T : class, IKubernetesObject
{
    /// <summary>The server says that there is none.</summary>
    public bool IsMissing => IsKnown && Object is null;
}
