using System.Globalization;
using System.Text.Json.Nodes;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Testing.ApiServer.Handlers;

/// <summary>Deletes objects; pods that run somewhere are only asked to end.</summary>
internal sealed class DeleteHandler(ApiStore store, TimeProvider time)
{
    private const int DefaultGrace = 30;

    public JsonObject Handle(RecordedRequest request)
    {
        var route = request.Route!;
        var options = request.Body.Length == 0 ? [] : JsonNode.Parse(request.Body)!.AsObject();
        JsonObject? last = null;
        var left = store.Change(route.Key, current =>
        {
            last = current.DeepClone().AsObject();
            RequireSame(route, current, options["preconditions"] as JsonObject);
            var grace = Grace(route.Type, current, (int?)options["gracePeriodSeconds"]);
            return grace == 0 ? null : Mark(current, grace);
        });
        return left?.ToNode() ?? (route.Type == ResourceTypes.Pods ? last! : Success(route));
    }

    private static int Grace(ResourceType type, JsonObject current, int? asked)
    {
        var element = current.ToElement();
        var isOver = element.Text("status.phase") is "Succeeded" or "Failed";
        if (!type.IsDeletedGracefully || string.IsNullOrEmpty(element.Text("spec.nodeName")) || isOver)
        {
            return 0;
        }

        var grace = asked ?? (int?)current["spec"]?["terminationGracePeriodSeconds"] ?? DefaultGrace;
        return grace < 0 ? 1 : grace;
    }

    // A later deletion may shorten the grace, never lengthen it.
    private JsonObject Mark(JsonObject current, int grace)
    {
        var metadata = current.Metadata();
        if ((int?)metadata["deletionGracePeriodSeconds"] is { } earlier && earlier <= grace)
        {
            return current;
        }

        metadata["deletionTimestamp"] = ApiStore.Rfc3339(time.GetUtcNow().AddSeconds(grace));
        metadata["deletionGracePeriodSeconds"] = grace;
        return current;
    }

    private static void RequireSame(ApiRoute route, JsonObject current, JsonObject? preconditions)
    {
        foreach (var (name, label) in (ReadOnlySpan<(string, string)>)[("uid", "UID"), ("resourceVersion", "ResourceVersion")])
        {
            if (preconditions?[name] is { } wanted && (string?)wanted != (string?)current.Metadata()[name])
            {
                throw StatusException.Conflict(
                    route.Key.ToString(),
                    string.Create(CultureInfo.InvariantCulture, $"the {label} in the precondition ({wanted}) does not match the {label} in record ({current.Metadata()[name]})"));
            }
        }
    }

    private static JsonObject Success(ApiRoute route) => new()
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Success",
        ["details"] = new JsonObject { ["name"] = route.Name, ["kind"] = route.Type.Plural },
    };
}
