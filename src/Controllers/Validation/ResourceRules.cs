using System.Text.Json;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Validation;

/// <summary>Rules of requests and limits.</summary>
internal static class ResourceRules
{
    /// <summary>Checks the resources of one container.</summary>
    public static void Check(ResourceRequirements? resources, FieldPath path, FieldErrors errors)
    {
        var limits = Parse(resources?.Limits, path.Member("limits"), errors);
        var requests = Parse(resources?.Requests, path.Member("requests"), errors);
        foreach (var (name, request) in requests)
        {
            var at = path.Member("requests").Key(name);
            if (limits.TryGetValue(name, out var limit))
            {
                errors.Add(at, request > limit ? $"{request} is more than the limit of {limit}" : null);
                errors.Add(at, IsDevice(name) && request < limit ? $"{request} differs from the limit of {limit}; devices cannot be shared" : null);
            }
        }
    }

    /// <summary>Reads an amount, which JSON may give as a string or a number.</summary>
    public static bool TryParse(JsonElement amount, out Quantity quantity)
    {
        quantity = default;
        return amount.ValueKind switch
        {
            JsonValueKind.String => Quantity.TryParse(amount.GetString(), out quantity),
            JsonValueKind.Number => Quantity.TryParse(amount.GetRawText(), out quantity),
            _ => false,
        };
    }

    private static Dictionary<string, Quantity> Parse(IReadOnlyDictionary<string, JsonElement>? amounts, FieldPath path, FieldErrors errors)
    {
        var parsed = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var (name, amount) in amounts ?? new Dictionary<string, JsonElement>())
        {
            var at = path.Key(name);
            errors.Add(at, NameRules.Qualified(name));
            if (!TryParse(amount, out var quantity))
            {
                errors.Add(at, $"{Shown.Quoted(amount.ToString())} is not a quantity; write for example 500m, 2 or 1.5Gi");
                continue;
            }

            errors.Add(at, quantity < Quantity.Zero ? $"{quantity} is negative" : null);
            errors.Add(at, IsDevice(name) && !decimal.IsInteger(quantity.Value) ? $"{quantity} is not a whole number of devices" : null);
            parsed[name] = quantity;
        }

        return parsed;
    }

    // Extended resources carry a vendor's domain; kubernetes.io is not a vendor (core/v1/helper IsExtendedResourceName).
    private static bool IsDevice(string name) =>
        name.Contains('/', StringComparison.Ordinal) && !name.StartsWith("kubernetes.io/", StringComparison.Ordinal);
}
