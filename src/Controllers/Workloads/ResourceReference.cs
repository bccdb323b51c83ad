using System.Globalization;
using System.Text.Json;
using VirtualKubelet.Controllers.Validation;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Workloads;

/// <summary>Values of <c>resourceFieldRef</c> (kubernetes <c>pkg/api/v1/resource</c>): the amount over the divisor, rounded up.</summary>
internal static class ResourceReference
{
    private static readonly string[] CpuDivisors = ["1", "1m"];
    private static readonly string[] ByteDivisors = ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];

    /// <summary>The value of a reference, or what is wrong with it. Without an owner, as in a volume, the reference itself has to name the container.</summary>
    public static (string? Value, string? Error) Resolve(ResourceFieldSelector selector, Container? owner, Pod pod, WorkloadContext context)
    {
        var container = string.IsNullOrEmpty(selector.ContainerName)
            ? owner
            : pod.Spec.AllContainers.FirstOrDefault(c => c.Name == selector.ContainerName);
        if (container is null)
        {
            return (null, string.IsNullOrEmpty(selector.ContainerName) ? "names no container" : $"{Shown.Quoted(selector.ContainerName)} is not a container of this pod");
        }

        var (kind, name) = Split(selector.Resource ?? "");
        if (kind is not ("limits" or "requests") || !IsOffered(name))
        {
            return (null, $"{Shown.Quoted(selector.Resource)} is not offered; write limits or requests with .cpu, .memory, .ephemeral-storage or .hugepages-…");
        }

        if (Divisor(selector.Divisor, name) is not { } divisor)
        {
            return (null, $"{Shown.Quoted(selector.Divisor)} does not divide {name}; use one of {string.Join(", ", name == "cpu" ? CpuDivisors : ByteDivisors)}");
        }

        var amount = kind == "limits" ? Limit(container, name, context) : Request(container, name);
        return (decimal.Ceiling(amount.Value / divisor.Value).ToString("0", CultureInfo.InvariantCulture), null);
    }

    private static (string Kind, string Name) Split(string resource)
    {
        var dot = resource.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? (resource, "") : (resource[..dot], resource[(dot + 1)..]);
    }

    private static bool IsOffered(string name) =>
        name is "cpu" or "memory" or "ephemeral-storage" || name.StartsWith("hugepages-", StringComparison.Ordinal);

    private static Quantity? Divisor(string? text, string name)
    {
        if (string.IsNullOrEmpty(text) || text == "0")
        {
            return new Quantity(1);
        }

        return (name == "cpu" ? CpuDivisors : ByteDivisors).Contains(text) ? Quantity.Parse(text) : null;
    }

    // A container without a limit may use all that the node offers (kubelet MergeContainerResourceLimits).
    private static Quantity Limit(Container container, string name, WorkloadContext context) =>
        Amount(container.Resources?.Limits, name) ?? context.Allocatable.GetValueOrDefault(name);

    private static Quantity Request(Container container, string name) =>
        Amount(container.Resources?.Requests, name) ?? Amount(container.Resources?.Limits, name) ?? Quantity.Zero;

    private static Quantity? Amount(IReadOnlyDictionary<string, JsonElement>? amounts, string name) =>
        amounts is not null && amounts.TryGetValue(name, out var element) && ResourceRules.TryParse(element, out var amount) && amount > Quantity.Zero
            ? amount
            : null;
}
