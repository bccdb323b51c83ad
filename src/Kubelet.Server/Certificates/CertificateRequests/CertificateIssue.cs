using System.Text;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Certificates;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Kubelet.Server.Certificates.CertificateRequests;

/// <summary>The way of one request: created, waited for, issued or not.</summary>
internal sealed class CertificateIssue(CertificateRequestOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // Control planes up to 1.24 insist on key encipherment, useless with this kind of key; all accept the three.
    private static readonly string[] Usages = ["digital signature", "key encipherment", "server auth"];

    /// <summary>Requests a certificate and waits until it is issued.</summary>
    /// <param name="names">What it is to be for.</param>
    /// <param name="isFirst">Whether nothing can be served until it is there.</param>
    /// <param name="cancellationToken">Ends the wait; the request stays.</param>
    /// <exception cref="NotIssuedException">It was denied, could not be signed, is gone, or took too long.</exception>
    /// <exception cref="ApiException">The request could not be made.</exception>
    public async Task<CertificateText> RequestAsync(IReadOnlyList<string> names, bool isFirst, CancellationToken cancellationToken)
    {
        var signing = SigningRequest.Create(options.NodeName, names);
        var created = await options.Client.CreateAsync(ApiResources.CertificateSigningRequests, Describe(signing), cancellationToken);
        var name = created.Metadata.Name ?? throw new ApiException(ApiErrorKind.Garbled, "the API server gave the certificate request no name");
        CertificateRequestLog.Waiting(logger, isFirst ? LogLevel.Warning : LogLevel.Information, name, string.Join(", ", names));
        return new(await WaitAsync(ObjectKey.Cluster(name), cancellationToken), signing.KeyPem);
    }

    private CertificateSigningRequest Describe(SigningRequest signing) => new()
    {
        Metadata = new ObjectMeta { GenerateName = "csr-" },
        Spec = new CertificateSigningRequestSpec
        {
            Request = signing.RequestPem,
            SignerName = "kubernetes.io/kubelet-serving",
            Usages = Usages,
            ExpirationSeconds = options.Lifetime is { } lifetime ? (int)lifetime.TotalSeconds : null,
        },
    };

    // Looked at now and then rather than watched: one object, and nobody waits for it to the second.
    private async Task<string> WaitAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        for (var pause = FirstLook; time.GetElapsedTime(began) < options.IssueTimeout; pause = Min(pause * 1.5, LongestPause))
        {
            await Task.Delay(pause, time, cancellationToken);
            if (await FindAsync(key, cancellationToken) is { } certificate)
            {
                return certificate;
            }
        }

        throw new NotIssuedException($"certificate request {key} was not approved and signed within {options.IssueTimeout.TotalMinutes:0.#} min", isRefused: false);
    }

    private async Task<string?> FindAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        try
        {
            var request = await options.Client.GetAsync(ApiResources.CertificateSigningRequests, key, cancellationToken);
            return Decide(key, request.Status);
        }
        catch (ApiException e) when (e.Kind == ApiErrorKind.NotFound)
        {
            throw new NotIssuedException($"certificate request {key} was deleted before it was decided upon", isRefused: false);
        }
        catch (ApiException e) when (e.IsTransient)
        {
            CertificateRequestLog.NotSeen(logger, key.Name, e.Message);
            return null;
        }
    }

    private static string? Decide(ObjectKey key, CertificateSigningRequestStatus? status)
    {
        if (Find(status, "Denied") is { } denied)
        {
            throw new NotIssuedException($"certificate request {key} was denied: {denied.Reason}: {denied.Message}", isRefused: true);
        }

        if (Find(status, "Failed") is { } failed)
        {
            throw new NotIssuedException($"certificate request {key} could not be signed: {failed.Reason}: {failed.Message}", isRefused: true);
        }

        return status?.Certificate is { Length: > 0 } certificate && Find(status, "Approved") is not null ? Encoding.UTF8.GetString(certificate) : null;
    }

    private static CertificateSigningRequestCondition? Find(CertificateSigningRequestStatus? status, string type) =>
        status?.Conditions?.FirstOrDefault(c => c.Type == type && c.Status is (null or "" or "True"));

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
