namespace VirtualKubelet.Kubelet.Streaming.Upgrades;

/// <summary>How a request for an upgrade is answered.</summary>
public sealed record UpgradeAnswer
{
    /// <summary>101, 200 to a stream (<see cref="UpgradeRequest.IsStream"/>), or the status of a refusal.</summary>
    public required int StatusCode { get; init; }

    /// <summary>Body of a refusal, plain text; empty for none.</summary>
    public string Body { get; init; } = "";

    /// <summary>Headers to set, besides the <c>Connection: Upgrade</c> of a 101; a name may stand there several times.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The chosen protocol; null when refused, or when a WebSocket client offered none.</summary>
    public string? Protocol { get; init; }

    /// <summary>Whether to upgrade.</summary>
    public bool IsAccepted => StatusCode is 101 or 200;
}
