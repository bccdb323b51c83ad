namespace VirtualKubelet.Kubelet.Server.Certificates.CertificateRequests;

/// <summary>A request did not become a certificate.</summary>
/// <param name="message">Why.</param>
/// <param name="isRefused">Whether somebody decided so; otherwise nobody decided in time.</param>
internal sealed class NotIssuedException(string message, bool isRefused) : Exception(message)
{
    /// <summary>Whether somebody decided so; asking again soon would only annoy.</summary>
    public bool IsRefused => isRefused;
}
