using VirtualKubelet.Kubelet.Server.Attach;
using VirtualKubelet.Kubelet.Server.Errors;
using VirtualKubelet.Kubelet.Server.Exec;
using VirtualKubelet.Kubelet.Server.Health;
using VirtualKubelet.Kubelet.Server.Logs;
using VirtualKubelet.Kubelet.Server.Metrics;
using VirtualKubelet.Kubelet.Server.Pods;
using VirtualKubelet.Kubelet.Server.PortForward;
using VirtualKubelet.Kubelet.Server.Routing;

namespace VirtualKubelet.Kubelet.Server;

/// <summary>The table of routes (kubelet <c>pkg/kubelet/server/server.go</c>); what each needs to be allowed is told by its path, see <c>Authorization/NodeSubresources</c>.</summary>
internal static class KubeletRoutes
{
    private static readonly string[] Upgrading = ["GET", "POST"];

    /// <summary>What is always served.</summary>
    public static IEnumerable<Route> Always(HealthHandler health, PodsHandler pods, MetricsHandler metrics) =>
    [
        Health("/healthz", health.HandleAllAsync),
        .. health.Checks.Select(check => Health($"/healthz/{check.Name}", (context, _) => HealthHandler.HandleOneAsync(context, check))),
        new("/pods", pods.HandleAsync) { ProducesJson = true },
        new("/metrics", metrics.HandleAsync) { OwnsSubtree = false },
    ];

    /// <summary>What is served while debugging handlers are enabled.</summary>
    public static IEnumerable<Route> Debugging(
        LogsHandler logs, RunningPodsHandler runningPods, ExecHandler exec, AttachHandler attach, PortForwardHandler portForward) =>
    [
        .. Upgrade("/exec", exec.HandleAsync, parameters: 3),
        .. Upgrade("/attach", attach.HandleAsync, parameters: 3),
        .. Upgrade("/portForward", portForward.HandleAsync, parameters: 2),
        new("/containerLogs", logs.HandleAsync) { Parameters = 3 },
        new("/runningpods", runningPods.HandleAsync) { ProducesJson = true },
    ];

    /// <summary>What stands in for it while they are disabled: these prefixes, and no others, say so.</summary>
    public static IEnumerable<Route> DebuggingDisabled() =>
    [
        Disabled("/run"),
        Disabled("/exec"),
        Disabled("/attach"),
        Disabled("/portForward"),
        Disabled("/containerLogs"),
        Disabled("/runningpods"),
        Disabled("/debug/pprof"),
        Disabled("/logs"),
    ];

    private static Route Health(string path, RequestHandler handler) =>
        new(path, handler) { OwnsSubtree = false, Methods = null };

    /// <summary>The route with the parameters it needs, and with the pod's UID as one more.</summary>
    private static IEnumerable<Route> Upgrade(string prefix, RequestHandler handler, int parameters) =>
    [
        new(prefix, handler) { Parameters = parameters, Methods = Upgrading, IsUpgraded = true },
        new(prefix, handler) { Parameters = parameters + 1, Methods = Upgrading, IsUpgraded = true },
    ];

    private static Route Disabled(string prefix) =>
        new(prefix, static (context, _) => TextResponse.WriteLineAsync(context, 405, "Debug endpoints are disabled."))
        {
            Parameters = null,
            Methods = null,
        };
}
