using Microsoft.AspNetCore.Http;
using VirtualKubelet.Kubelet.Server.Upgrades;

namespace VirtualKubelet.Kubelet.Server.Routing;

/// <summary>One row of the route table. Several rows may share a prefix and differ in parameters and methods.</summary>
/// <param name="Prefix">The literal segments, joined by slashes, such as <c>/containerLogs</c>; also the label in metrics.</param>
/// <param name="Handler">Answers it.</param>
internal sealed record Route(string Prefix, RequestHandler Handler)
{
    /// <summary>The literal segments.</summary>
    public IReadOnlyList<string> Literals { get; } = Prefix.Split('/')[1..];

    /// <summary>
    /// Whether everything below the prefix belongs to the route, so that a wrong number of segments or a trailing slash is
    /// looked at after authentication only; otherwise such a path is not registered.
    /// </summary>
    public bool OwnsSubtree { get; init; } = true;

    /// <summary>Segments behind the prefix; null accepts any number.</summary>
    public int? Parameters { get; init; } = 0;

    /// <summary>Methods; null accepts any.</summary>
    public IReadOnlyList<string>? Methods { get; init; } = ["GET"];

    /// <summary>Whether a session takes over from the request: what a WebSocket over HTTP/2 may ask for, and nothing else.</summary>
    public bool IsUpgraded { get; init; }

    /// <summary>Whether an Accept header that excludes JSON is answered 406.</summary>
    public bool ProducesJson { get; init; }

    /// <summary>Whether the path lies at or below the prefix.</summary>
    public bool Covers(RequestPath path) =>
        path.Segments.Count >= Literals.Count
        && Literals.SequenceEqual(path.Segments.Take(Literals.Count), StringComparer.Ordinal)
        && (OwnsSubtree || (path.Segments.Count == Literals.Count && !path.TrailingSlash));

    /// <summary>Whether the number of segments behind the prefix fits.</summary>
    public bool Fits(RequestPath path) => Parameters is null || path.Segments.Count == Literals.Count + Parameters;

    /// <summary>Whether the request's method is allowed.</summary>
    public bool Allows(HttpContext context) =>
        Methods is null || ((IsUpgraded || !UpgradeRequests.IsStream(context)) && Methods.Contains(UpgradeRequests.MethodOf(context), StringComparer.Ordinal));
}
