using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Testing.ApiServer.Handlers;

/// <summary>Serves lists: chunks of one are of one version, as long as the store has not forgotten it.</summary>
internal sealed class ListHandler(ApiStore store)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Rest> _rests = [];

    public JsonObject Handle(RecordedRequest request)
    {
        var route = request.Route!;
        var selectors = Selectors.Parse(route.Type, route.Namespace, request.Query["fieldSelector"], request.Query["labelSelector"]);
        var limit = int.TryParse(request.Query["limit"], CultureInfo.InvariantCulture, out var given) && given > 0 ? given : int.MaxValue;
        var whole = request.Query["continue"] is [{ Length: > 0 } token] ? Take(token) : Begin(selectors);
        var chunk = whole with { Items = [.. whole.Items.Take(limit)] };
        var metadata = new JsonObject { ["resourceVersion"] = whole.Version.ToString(CultureInfo.InvariantCulture) };
        if (whole.Items.Count > limit)
        {
            metadata["continue"] = Keep(whole with { Items = [.. whole.Items.Skip(limit)] });
            metadata["remainingItemCount"] = whole.Items.Count - limit;
        }

        return new JsonObject
        {
            ["kind"] = route.Type.Kind + "List",
            ["apiVersion"] = route.Type.ApiVersion,
            ["metadata"] = metadata,
            ["items"] = new JsonArray([.. chunk.Items.Select(Item)]),
        };
    }

    // Items of a list do not repeat their kind.
    private static JsonObject Item(JsonElement item)
    {
        var node = item.ToNode();
        node.Remove("kind");
        node.Remove("apiVersion");
        return node;
    }

    private Rest Begin(Selectors selectors)
    {
        var (items, version) = store.List(selectors);
        return new Rest(items, version);
    }

    private string Keep(Rest rest)
    {
        lock (_gate)
        {
            var token = $"{rest.Version}-{_rests.Count}";
            _rests[token] = rest;
            return token;
        }
    }

    private Rest Take(string token)
    {
        lock (_gate)
        {
            var rest = _rests.GetValueOrDefault(token) ?? throw StatusException.BadRequest("continue key is not valid");
            return store.Since(rest.Version) is not null
                ? rest
                : throw new StatusException(410, "Expired", "The provided continue parameter is too old") { Continue = "inconsistent" };
        }
    }

    private sealed record Rest(IReadOnlyList<JsonElement> Items, long Version);
}
