using VirtualKubelet.Kubelet.Server.Authentication;

namespace VirtualKubelet.Kubelet.Server.Authorization;

/// <summary>Decides what an authenticated user may do.</summary>
public interface IAuthorizer
{
    /// <summary>Whether the access is allowed. An exception means that it could not be found out: the client gets 500.</summary>
    ValueTask<bool> AuthorizeAsync(User user, NodeAccess access, CancellationToken cancellationToken);
}
