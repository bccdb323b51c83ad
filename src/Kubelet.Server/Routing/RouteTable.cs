namespace VirtualKubelet.Kubelet.Server.Routing;

/// <summary>The routes that are served; everything else is not registered.</summary>
internal sealed class RouteTable(IReadOnlyList<Route> routes)
{
    /// <summary>The rows whose prefix covers the path; none when the path is not registered.</summary>
    public IReadOnlyList<Route> Find(RequestPath path) => [.. routes.Where(r => r.Covers(path))];
}
