using System.Text.Json;
using Microsoft.AspNetCore.Http;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Testing.ApiServer;

/// <summary>A request the server got.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Route">What it is about; null when the server has nothing there.</param>
/// <param name="Query">Its query.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="Body">Its body as text.</param>
/// <param name="Protocol">Such as <c>HTTP/2</c>.</param>
/// <param name="ConnectionId">Tells connections apart.</param>
/// <param name="User">Who asked; null for nobody known.</param>
public sealed record RecordedRequest(
    string Method, ApiRoute? Route, IQueryCollection Query, IHeaderDictionary Headers, string Body, string Protocol, string ConnectionId, string? User)
{
    /// <summary>What Kubernetes calls it, such as <c>list</c>.</summary>
    public string Verb => Method switch
    {
        "GET" when Query["watch"] == "true" => "watch",
        "GET" when Route?.Name is null => "list",
        "GET" => "get",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => "delete",
        _ => Method,
    };

    /// <summary>The body as JSON.</summary>
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Body);

    /// <summary>Whether it is of a verb and about a resource, whatever the object.</summary>
    public bool Is(string verb, ResourceType type, string? subresource = null) => Verb == verb && Route?.Type == type && Route.Subresource == subresource;

    public override string ToString() => $"{Verb} {Route?.Type}{(Route?.Subresource is { } part ? "/" + part : "")} {Route?.Name}";
}
