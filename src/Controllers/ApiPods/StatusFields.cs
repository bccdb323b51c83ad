using System.Text.Json;
using System.Text.Json.Nodes;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.ApiPods;

/// <summary>
/// The fields of a status: as they are to be sent, and in a form that can be compared. To that, what is absent, null or empty is all the same: the API server answers
/// sometimes one, sometimes the other. What is sent says everything, for some fields must be there even when they are empty.
/// </summary>
internal sealed class StatusFields
{
    private readonly JsonObject _whole;
    private readonly JsonObject _compared;

    public StatusFields(PodStatus status)
    {
        _whole = JsonSerializer.SerializeToNode(status, KubernetesJson.Api.PodStatus)!.AsObject();
        _compared = _whole.DeepClone().AsObject();
        IsEmpty(_compared);
    }

    /// <summary>Whether a field says anything.</summary>
    public bool Has(string name) => _compared[name] is not null;

    /// <summary>Whether a field says the same in another status.</summary>
    public bool IsSame(StatusFields other, string name) => JsonNode.DeepEquals(_compared[name], other._compared[name]);

    /// <summary>A field to be sent.</summary>
    public JsonNode Copy(string name) => _whole[name]!.DeepClone();

    /// <summary>The objects of a list, in the form that can be compared.</summary>
    public IReadOnlyList<JsonObject> Items(string name) => [.. (_compared[name] as JsonArray ?? []).OfType<JsonObject>()];

    // Removes what is empty within, and says whether nothing is left.
    private static bool IsEmpty(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                foreach (var name in map.Where(m => IsEmpty(m.Value)).Select(m => m.Key).ToList())
                {
                    map.Remove(name);
                }

                return map.Count == 0;
            case JsonArray list:
                foreach (var item in list)
                {
                    IsEmpty(item);
                }

                return list.Count == 0;
            case JsonValue value:
                return value.TryGetValue<string>(out var text) && text.Length == 0;
            default:
                return true;
        }
    }
}
