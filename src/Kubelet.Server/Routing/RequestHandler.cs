using Microsoft.AspNetCore.Http;

namespace VirtualKubelet.Kubelet.Server.Routing;

/// <summary>Answers an authorised request.</summary>
/// <param name="context">The request.</param>
/// <param name="parameters">The decoded path segments behind the route's prefix.</param>
internal delegate Task RequestHandler(HttpContext context, IReadOnlyList<string> parameters);
