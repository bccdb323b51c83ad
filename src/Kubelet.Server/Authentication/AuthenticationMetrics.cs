using System.Diagnostics.Metrics;
using VirtualKubelet.Kubelet.Server.Metrics;

namespace VirtualKubelet.Kubelet.Server.Authentication;

/// <summary>What is counted about credentials that were presented.</summary>
internal static class AuthenticationMetrics
{
    private static readonly Counter<long> Authentications = ServerMetrics.Meter.CreateCounter<long>(
        "vk_slurm.kubelet.authentications", "{request}", "Credentials that requests to the kubelet port presented, by method and result.");

    /// <summary>Counts what becomes of a credential.</summary>
    /// <param name="method">Such as <c>token_review</c>.</param>
    /// <param name="authentication">The user; null when the credential is refused.</param>
    public static async ValueTask<User?> CountAsync(string method, ValueTask<User?> authentication)
    {
        var result = "error";
        try
        {
            var user = await authentication;
            result = user is null ? "refused" : "success";
            return user;
        }
        finally
        {
            Authentications.Add(1, new("method", method), new("result", result));
        }
    }
}
