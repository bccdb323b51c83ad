using VirtualKubelet.Kubelet.Server.Reviews;

namespace VirtualKubelet.Kubelet.Server;

/// <summary>
/// Who may use the kubelet's API. Each member opens one more way in; without any, nobody gets in. With <see cref="Reviews"/> the API server
/// decides what an authenticated user may do; without it whoever holds the token of <see cref="TokenFile"/> may do everything.
/// </summary>
public sealed record KubeletAccessOptions
{
    /// <summary>
    /// PEM bundle of the authorities whose client certificates count, that of the API server's <c>--kubelet-client-certificate</c> among them;
    /// needs <see cref="Reviews"/>. A changed file is taken up without a restart.
    /// </summary>
    public string? ClientCaFile { get; init; }

    /// <summary>A file that holds a bearer token.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Asks the API server: TokenReviews for other bearer tokens, SubjectAccessReviews for every request.</summary>
    public ReviewOptions? Reviews { get; init; }
}
