using System.Security.Authentication;
using VirtualKubelet.Configuration;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Host.Composition.ApiServers;

/// <summary>Names the way out of what keeps an agent from its API server.</summary>
internal static class ApiAdvice
{
    public static string For(ApiException e, NodeConfiguration node)
    {
        var credentials = node.Spec.Kubeconfig ?? "the service account of this pod";
        return e.Kind switch
        {
            ApiErrorKind.Unauthorized =>
                $"renew the client certificate or the token in {credentials}; files that it names are read again without a restart",
            ApiErrorKind.Forbidden =>
                $"use credentials of this very node (user system:node:{node.Metadata.Name}, group system:nodes), or give the account the rights of deploy/rbac.yaml",
            ApiErrorKind.Unreachable when e.GetBaseException() is AuthenticationException =>
                $"let certificate-authority and server in {credentials} be those of the cluster",
            ApiErrorKind.Unreachable or ApiErrorKind.TimedOut or ApiErrorKind.Unavailable =>
                $"see that the server in {credentials} is right, runs, and can be reached from this machine",
            ApiErrorKind.NotFound or ApiErrorKind.Garbled =>
                $"see that the server in {credentials} is a Kubernetes API server",
            _ => "see what the API server says in its own log",
        };
    }
}
