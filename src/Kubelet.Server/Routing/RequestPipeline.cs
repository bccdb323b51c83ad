using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Kubelet.Server.Authentication;
using VirtualKubelet.Kubelet.Server.Authorization;
using VirtualKubelet.Kubelet.Server.Errors;
using VirtualKubelet.Kubelet.Server.Metrics;
using VirtualKubelet.Kubelet.Server.Upgrades;

namespace VirtualKubelet.Kubelet.Server.Routing;

/// <summary>
/// What happens to every request, in the kubelet's order: registered at all (404), who (401), may (403), segments (404),
/// method (405), representation (406), handler. The first check that fails answers, so that nobody learns more than it may.
/// </summary>
internal sealed class RequestPipeline(
    RouteTable routes,
    IAuthenticator authenticator,
    IAuthorizer authorizer,
    TimeProvider time,
    ILogger<RequestPipeline> logger)
{
    private const string UnregisteredLabel = "unregistered";

    /// <summary>Answers one request; never throws.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        var label = UnregisteredLabel;
        try
        {
            // Not Request.Path: Kestrel has resolved dot segments there already.
            var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
            if (!RequestPath.TryParse(target, out var path) || routes.Find(path) is not { Count: > 0 } rows)
            {
                await TextResponse.WriteLineAsync(context, StatusCodes.Status404NotFound, "404 page not found");
                return;
            }

            label = rows[0].Prefix;
            await using var deadline = ResponseDeadline.Start(context, time);
            await ServeAsync(context, path, rows);
        }
        catch (Exception e)
        {
            await FailedRequest.EndAsync(context, e, logger);
        }
        finally
        {
            ServerMetrics.RecordRequest(label, context.Response.StatusCode, time.GetElapsedTime(started));
        }
    }

    private async Task ServeAsync(HttpContext context, RequestPath path, IReadOnlyList<Route> rows)
    {
        if (await AuthenticateAsync(context) is not { } user)
        {
            await TextResponse.WriteAsync(context, StatusCodes.Status401Unauthorized, "Unauthorized");
            return;
        }

        context.Features.Set(user);
        WebSocketToken.Remove(context.Request);
        if (!await AuthorizeAsync(context, user, NodeSubresources.Of(path)))
        {
            return;
        }

        var fitting = rows.Where(r => r.Fits(path)).ToList();
        if (fitting.Count == 0)
        {
            await TextResponse.WriteAsync(context, StatusCodes.Status404NotFound, "404: Page Not Found");
        }
        else if (fitting.Find(r => r.Allows(context)) is not { } route)
        {
            context.Response.Headers.Allow = string.Join(", ", fitting.SelectMany(r => r.Methods!).Distinct());
            await TextResponse.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, "405: Method Not Allowed");
        }
        else if (route.ProducesJson && !AcceptHeader.AllowsJson(context.Request))
        {
            await TextResponse.WriteAsync(
                context, StatusCodes.Status406NotAcceptable, "406: Not Acceptable\n\nAvailable representations: application/json");
        }
        else
        {
            await route.Handler(context, [.. path.Segments.Skip(route.Literals.Count)]);
        }
    }

    private async Task<User?> AuthenticateAsync(HttpContext context)
    {
        try
        {
            return await authenticator.AuthenticateAsync(Credentials.Of(context), context.RequestAborted);
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
        {
            RequestLog.AuthenticationFailed(logger, e);
            return null;
        }
    }

    /// <summary>Any subresource that allows wins; a failure or the last denial has been answered when this returns false.</summary>
    private async Task<bool> AuthorizeAsync(HttpContext context, User user, IReadOnlyList<string> subresources)
    {
        var verb = NodeAccess.VerbOf(UpgradeRequests.MethodOf(context));
        foreach (var subresource in subresources)
        {
            try
            {
                if (await authorizer.AuthorizeAsync(user, new NodeAccess(verb, subresource), context.RequestAborted))
                {
                    return true;
                }
            }
            catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
            {
                RequestLog.AuthorizationFailed(logger, user.Name, verb, subresource, e);
                await TextResponse.WriteAsync(
                    context,
                    StatusCodes.Status500InternalServerError,
                    $"Authorization error (user={user.Name}, verb={verb}, resource=nodes, subresource={subresource})");
                return false;
            }
        }

        await TextResponse.WriteLineAsync(
            context,
            StatusCodes.Status403Forbidden,
            $"Forbidden (user={user.Name}, verb={verb}, resource=nodes, subresource(s)=[{string.Join(' ', subresources)}])");
        return false;
    }
}
