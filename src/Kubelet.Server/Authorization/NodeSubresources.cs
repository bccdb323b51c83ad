using VirtualKubelet.Kubelet.Server.Routing;

namespace VirtualKubelet.Kubelet.Server.Authorization;

/// <summary>
/// Which subresources of <c>nodes</c> grant access to a path, tried in order (kubelet <c>pkg/kubelet/server/auth.go</c> with
/// <c>KubeletFineGrainedAuthz</c>). A path that is not named here, or not served yet, is <c>proxy</c>.
/// </summary>
internal static class NodeSubresources
{
    private static readonly string[] Proxy = ["proxy"];

    /// <summary>The subresources, one or two.</summary>
    public static IReadOnlyList<string> Of(RequestPath path) => (path.Segments is [var first, ..] ? first : "") switch
    {
        "stats" => ["stats"],
        "metrics" => ["metrics"],
        "logs" => ["log"],
        "checkpoint" => ["checkpoint"],
        "statusz" => ["statusz"],
        "flagz" => ["configz"],
        "pods" or "runningpods" => ["pods", "proxy"],
        "healthz" => ["healthz", "proxy"],
        "configz" => ["configz", "proxy"],
        _ => Proxy,
    };
}
