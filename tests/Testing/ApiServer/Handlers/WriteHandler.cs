using System.Text.Json;
using System.Text.Json.Nodes;
using VirtualKubelet.Testing.ApiServer.Patching;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Testing.ApiServer.Handlers;

/// <summary>Creates and changes objects.</summary>
internal sealed class WriteHandler(ApiStore store, IReadOnlySet<string> droppedStatusFields)
{
    private const string NameLetters = "bcdfghjklmnpqrstvwxz2456789";

    public JsonElement Create(RecordedRequest request)
    {
        var route = request.Route!;
        var node = Body(request);
        var metadata = node.Metadata();
        if (route.Type.IsNamespaced)
        {
            metadata["namespace"] = route.Namespace;
        }

        if (metadata["name"] is null)
        {
            var prefix = (string?)metadata["generateName"] ?? throw StatusException.Invalid("name or generateName is required");
            metadata["name"] = prefix + new string(Random.Shared.GetItems<char>(NameLetters, 5));
        }

        foreach (var name in (ReadOnlySpan<string>)["uid", "resourceVersion", "creationTimestamp", "deletionTimestamp"])
        {
            metadata.Remove(name);
        }

        if (route.Type == ResourceTypes.Pods)
        {
            node["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = "BestEffort" };
        }

        return store.Create(route.Type, node);
    }

    public JsonElement Update(RecordedRequest request)
    {
        var node = Body(request);
        if (request.Route!.Type.UpdateNeedsVersion && node.Metadata()["resourceVersion"] is null)
        {
            throw StatusException.Invalid("metadata.resourceVersion: Invalid value: 0x0: must be specified for an update");
        }

        return Change(request.Route, isPatch: false, _ => node);
    }

    public JsonElement Patch(RecordedRequest request)
    {
        var patch = JsonNode.Parse(request.Body)!;
        return Change(request.Route!, isPatch: true, current => request.Headers.ContentType.ToString().Split(';')[0] switch
        {
            "application/merge-patch+json" => MergePatch.Apply(current, patch)!.AsObject(),
            "application/strategic-merge-patch+json" => StrategicMergePatch.Apply(current, patch.AsObject()),
            "application/json-patch+json" => JsonPatch.Apply(current, patch.AsArray()),
            var other => throw new StatusException(415, "UnsupportedMediaType", $"the body of the request was in an unknown format: {other}"),
        });
    }

    private JsonElement Change(ApiRoute route, bool isPatch, Func<JsonObject, JsonObject> change) => store.Change(route.Key, current =>
    {
        var changed = change(current);
        RequireSame(route, isPatch, current, changed);
        return Combine(route, current, changed);
    })!.Value;

    private JsonObject Combine(ApiRoute route, JsonObject current, JsonObject changed)
    {
        if (route.Subresource == "status")
        {
            var result = current.DeepClone().AsObject();
            result["status"] = changed["status"]?.DeepClone();
            foreach (var name in droppedStatusFields)
            {
                (result["status"] as JsonObject)?.Remove(name);
            }

            return result;
        }

        var whole = changed.DeepClone().AsObject();
        if (route.Type.HasStatus && current["status"] is { } status)
        {
            whole["status"] = status.DeepClone();
        }

        var metadata = whole.Metadata();
        foreach (var name in (ReadOnlySpan<string>)["name", "namespace", "uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds"])
        {
            metadata[name] = current.Metadata()[name]?.DeepClone();
            if (metadata[name] is null)
            {
                metadata.Remove(name);
            }
        }

        if (!JsonNode.DeepEquals(whole["spec"], current["spec"]))
        {
            metadata["generation"] = (long?)metadata["generation"] + 1;
        }

        return whole;
    }

    // What a request says of identity and version is a precondition; for the identity, a patch and an update are refused in different words.
    private static void RequireSame(ApiRoute route, bool isPatch, JsonObject current, JsonObject changed)
    {
        var (uid, version) = ((string?)changed.Metadata()["uid"], (string?)changed.Metadata()["resourceVersion"]);
        var now = current.Metadata();
        if (uid is not null && uid != (string?)now["uid"])
        {
            throw isPatch
                ? new StatusException(422, "Invalid", $"{route.Key} is invalid: metadata.uid: Invalid value: {uid}: field is immutable") { Fields = ["metadata.uid"] }
                : StatusException.Conflict(route.Key.ToString(), $"Precondition failed: UID in precondition: {uid}, UID in object meta: {now["uid"]}");
        }

        if (version is not null && version != (string?)now["resourceVersion"])
        {
            throw StatusException.Conflict(route.Key.ToString(), "the object has been modified; please apply your changes to the latest version and try again");
        }
    }

    private static JsonObject Body(RecordedRequest request)
    {
        try
        {
            return JsonNode.Parse(request.Body)!.AsObject();
        }
        catch (JsonException e)
        {
            throw StatusException.BadRequest($"the object provided is unrecognized: {e.Message}");
        }
    }
}
