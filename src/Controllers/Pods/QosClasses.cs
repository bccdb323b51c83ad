using System.Text.Json;
using VirtualKubelet.Controllers.Validation;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>Quality of service as Kubernetes computes it (core/v1/helper/qos): from CPU and memory only, init containers included.</summary>
internal static class QosClasses
{
    private static readonly string[] Resources = ["cpu", "memory"];

    /// <summary><c>Guaranteed</c>, <c>Burstable</c> or <c>BestEffort</c>.</summary>
    public static string Of(Pod pod)
    {
        var containers = (pod.Spec.InitContainers ?? []).Concat(pod.Spec.Containers ?? []).Select(c => c.Resources).ToList();
        var amounts = containers.SelectMany(c => Resources.Select(name => Amounts(c, name))).ToList();
        if (amounts.All(a => a is { Request: null, Limit: null }))
        {
            return "BestEffort";
        }

        return amounts.All(a => a.Limit is not null && a.Request == a.Limit) ? "Guaranteed" : "Burstable";
    }

    // An absent request is the limit, by the API's own defaults; zero counts as absent.
    private static (Quantity? Request, Quantity? Limit) Amounts(ResourceRequirements? resources, string name)
    {
        var limit = Amount(resources?.Limits, name);
        var request = resources?.Requests?.ContainsKey(name) ?? false ? Amount(resources.Requests, name) : limit;
        return (request, limit);
    }

    private static Quantity? Amount(IReadOnlyDictionary<string, JsonElement>? amounts, string name) =>
        amounts is not null && amounts.TryGetValue(name, out var element) && ResourceRules.TryParse(element, out var amount) && amount > Quantity.Zero
            ? amount
            : null;
}
