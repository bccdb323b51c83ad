namespace VirtualKubelet.Configuration;

/// <summary>Who may call the kubelet API.</summary>
public sealed record KubeletAuthentication
{
    /// <summary>Absolute path of a file with the bearer token; absent means a token that is generated as <c>token</c> in the state directory, mode 0600.</summary>
    public string? TokenFile { get; init; }
}
