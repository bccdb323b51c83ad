using Microsoft.Extensions.Logging;

namespace VirtualKubelet.Kubelet.Server.Authentication;

/// <summary>Several ways to find out who makes a request, tried in order until one succeeds. One that fails does not stand in the way of others.</summary>
internal sealed class AuthenticatorUnion(IReadOnlyList<IAuthenticator> authenticators, ILogger<AuthenticatorUnion> logger) : IAuthenticator
{
    /// <inheritdoc/>
    public async ValueTask<User?> AuthenticateAsync(Credentials credentials, CancellationToken cancellationToken)
    {
        foreach (var authenticator in authenticators)
        {
            try
            {
                if (await authenticator.AuthenticateAsync(credentials, cancellationToken) is { } user)
                {
                    return user.AsAuthenticated();
                }
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                AuthenticationLog.NotChecked(logger, e);
            }
        }

        return null;
    }
}
