using VirtualKubelet.Kubelet.Server.Authentication;

namespace VirtualKubelet.Kubelet.Server.Authorization;

/// <summary>The policy without an API server to ask: whoever holds the token of the token file may do everything.</summary>
internal sealed class AuthenticatedUsersMayAll : IAuthorizer
{
    /// <inheritdoc/>
    public ValueTask<bool> AuthorizeAsync(User user, NodeAccess access, CancellationToken cancellationToken) => new(true);
}
