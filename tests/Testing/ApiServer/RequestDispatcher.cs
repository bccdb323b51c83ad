using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using VirtualKubelet.Testing.ApiServer.Handlers;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Testing.ApiServer;

/// <summary>Takes a request through who asks, what goes wrong, and what is done.</summary>
internal sealed class RequestDispatcher(FakeApiServer server)
{
    private readonly ListHandler _lists = new(server.Store);
    private readonly WriteHandler _writes = new(server.Store, server.DroppedStatusFields);
    private readonly DeleteHandler _deletions = new(server.Store, server.Time);
    private readonly ReviewHandler _reviews = new(server);
    private readonly WatchHandler _watches = new(server.Store, server.Watches, server.Time);

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            var request = await RecordAsync(context);
            server.Requests.Enqueue(request);
            if (server.Faults.Take(request) is { } fault)
            {
                await fault.Act(context, () => HandleAsync(context, request));
                return;
            }

            await HandleAsync(context, request);
        }
        catch (StatusException e)
        {
            await RefuseAsync(context, e);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The client left.
        }
    }

    private async Task HandleAsync(HttpContext context, RecordedRequest request)
    {
        if (server.RequiresCredentials && request.User is null)
        {
            throw new StatusException(401, "Unauthorized", "Unauthorized");
        }

        if (context.Request.Path == "/version")
        {
            await WriteAsync(context, 200, new JsonObject { ["major"] = "1", ["minor"] = server.MinorVersion, ["gitVersion"] = $"v1.{server.MinorVersion.TrimEnd('+')}.2-fake" });
            return;
        }

        if (request.Route is null)
        {
            throw new StatusException(404, "NotFound", "the server could not find the requested resource");
        }

        if (request.Verb == "watch")
        {
            await _watches.HandleAsync(context, request);
            return;
        }

        await WriteAsync(context, request.Verb == "create" ? 201 : 200, Handle(request));
    }

    private JsonObject Handle(RecordedRequest request) => request.Verb switch
    {
        "list" => _lists.Handle(request),
        "get" => server.Store.Get(request.Route!.Key).ToNode(),
        "create" when request.Route!.Type.IsReview => _reviews.Handle(request),
        "create" when request.Route!.Subresource == "token" => _reviews.CreateToken(request),
        "create" => _writes.Create(request).ToNode(),
        "update" => _writes.Update(request).ToNode(),
        "patch" => _writes.Patch(request).ToNode(),
        "delete" => _deletions.Handle(request),
        _ => throw new StatusException(405, "MethodNotAllowed", "the server does not allow this method on the requested resource"),
    };

    private async Task<RecordedRequest> RecordAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        return new RecordedRequest(
            context.Request.Method,
            ApiRoute.Parse(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0]),
            context.Request.Query,
            Copy(context.Request.Headers),
            body,
            context.Request.Protocol,
            context.Connection.Id,
            User(context));
    }

    // The server uses the headers again for the next request.
    private static HeaderDictionary Copy(IHeaderDictionary headers) => new(headers.ToDictionary(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase));

    private string? User(HttpContext context)
    {
        if (context.Connection.ClientCertificate is { } certificate && server.Identity.IsOurs(certificate))
        {
            return certificate.GetNameInfo(System.Security.Cryptography.X509Certificates.X509NameType.SimpleName, false);
        }

        var token = context.Request.Headers.Authorization.ToString();
        return token.StartsWith("Bearer ", StringComparison.Ordinal) ? server.Tokens.GetValueOrDefault(token["Bearer ".Length..]) : null;
    }

    private static Task RefuseAsync(HttpContext context, StatusException status)
    {
        if (status.RetryAfter is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return WriteAsync(context, status.Code, status.ToJson());
    }

    private static async Task WriteAsync(HttpContext context, int code, JsonNode body)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(body), context.RequestAborted);
    }
}
