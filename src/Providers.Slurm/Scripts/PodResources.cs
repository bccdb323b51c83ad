using System.Text.Json;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Providers.Slurm.Scripts;

/// <summary>
/// The effective request of a pod, as the scheduler computes it: for each resource the larger of the largest init container
/// and the sum of the main containers. A request that is absent falls back to the limit.
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

        return sum;
    }

    private static Dictionary<string, Quantity> Requests(Container container)
    {
        var amounts = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        Read(container, "limits", container.Resources?.Limits, amounts);
        Read(container, "requests", container.Resources?.Requests, amounts);
        return amounts;
    }

    private static void Read(
        Container container, string kind, IReadOnlyDictionary<string, JsonElement>? source, Dictionary<string, Quantity> amounts)
    {
        foreach (var (name, value) in source ?? new Dictionary<string, JsonElement>())
        {
            var text = value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();
            if (!Quantity.TryParse(text, out var amount) || amount.Value < 0)
            {
                throw new ProviderException(
                    ProviderErrorKind.Invalid, $"container \"{container.Name}\": resources.{kind}.{name}: \"{text}\" is not a quantity of zero or more");
            }

            amounts[name] = amount;
        }
    }
}
