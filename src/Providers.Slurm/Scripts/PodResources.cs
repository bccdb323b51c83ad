using System.Text.Json;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Providers.Slurm.Scripts;

/// <summary>
/// The effective request of a pod, as the scheduler computes it: for each resource the larger of the largest init container
/// and the sum of the main containers, plus the overhead of the pod. A request that is absent falls back to the limit.
/// </summary>
internal static class PodResources
{
    /// <summary>Amounts by resource name; resources nobody asks for are absent.</summary>
    public static IReadOnlyDictionary<string, Quantity> Effective(PodSpec spec)
    {
        var sum = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var container in spec.Containers ?? [])
        {
            foreach (var (name, amount) in Requests(container))
            {
                sum[name] = sum.GetValueOrDefault(name) + amount;
            }
        }

        foreach (var container in spec.InitContainers ?? [])
        {
            foreach (var (name, amount) in Requests(container))
            {
                sum[name] = Quantity.Max(sum.GetValueOrDefault(name), amount);
            }
        }

        var overhead = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        Read("overhead", spec.Overhead, overhead);
        foreach (var (name, amount) in overhead)
        {
            // What no container asks for gets the node's default, which is larger than any overhead.
            if (sum.TryGetValue(name, out var asked))
            {
                sum[name] = asked + amount;
            }
        }

        return sum;
    }

    private static Dictionary<string, Quantity> Requests(Container container)
    {
        var amounts = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        Read($"container \"{container.Name}\": resources.limits", container.Resources?.Limits, amounts);
        Read($"container \"{container.Name}\": resources.requests", container.Resources?.Requests, amounts);
        return amounts;
    }

    private static void Read(string field, IReadOnlyDictionary<string, JsonElement>? source, Dictionary<string, Quantity> amounts)
    {
        foreach (var (name, value) in source ?? new Dictionary<string, JsonElement>())
        {
            var text = value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();
            if (!Quantity.TryParse(text, out var amount) || amount.Value < 0)
            {
                throw new ProviderException(ProviderErrorKind.Invalid, $"{field}.{name}: \"{text}\" is not a quantity of zero or more");
            }

            amounts[name] = amount;
        }
    }
}
