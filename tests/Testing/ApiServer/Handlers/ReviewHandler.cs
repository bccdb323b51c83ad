using System.Text.Json.Nodes;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Testing.ApiServer.Handlers;

/// <summary>Answers what is only asked, not stored.</summary>
internal sealed class ReviewHandler(FakeApiServer server)
{
    public JsonObject Handle(RecordedRequest request)
    {
        var question = JsonNode.Parse(request.Body)!.AsObject();
        question["status"] = request.Route!.Type == ResourceTypes.TokenReviews ? ReviewToken(question) : ReviewAccess(question);
        return question;
    }

    public JsonObject CreateToken(RecordedRequest request)
    {
        var question = JsonNode.Parse(request.Body)!.AsObject();
        var seconds = (int?)question["spec"]?["expirationSeconds"] ?? 3600;
        var token = $"token-of-{request.Route!.Namespace}-{request.Route.Name}-{Guid.NewGuid():N}";
        server.Tokens[token] = $"system:serviceaccount:{request.Route.Namespace}:{request.Route.Name}";
        question["status"] = new JsonObject { ["token"] = token, ["expirationTimestamp"] = ApiStore.Rfc3339(server.Time.GetUtcNow().AddSeconds(seconds)) };
        return question;
    }

    private JsonObject ReviewToken(JsonObject question) => server.Tokens.TryGetValue((string?)question["spec"]?["token"] ?? "", out var user)
        ? new JsonObject { ["authenticated"] = true, ["user"] = Describe(user) }
        : new JsonObject { ["authenticated"] = false, ["error"] = "unknown token" };

    private JsonObject Describe(string user)
    {
        var described = server.UserDetails.TryGetValue(user, out var details) ? details.ToNode() : [];
        described["username"] = user;
        return described;
    }

    private JsonObject ReviewAccess(JsonObject question) => new() { ["allowed"] = server.AllowAccess(question["spec"]!.ToElement()) };
}
