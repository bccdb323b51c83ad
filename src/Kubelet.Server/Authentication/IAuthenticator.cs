namespace VirtualKubelet.Kubelet.Server.Authentication;

/// <summary>Finds out who makes a request.</summary>
public interface IAuthenticator
{
    /// <summary>The user; null when the credentials prove nobody. An exception counts as null and is logged.</summary>
    ValueTask<User?> AuthenticateAsync(Credentials credentials, CancellationToken cancellationToken);
}
