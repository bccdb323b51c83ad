using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>What is kept in memory of a plan: enough to report statuses, without the environment's possibly large and secret values.</summary>
/// <param name="Id">The workload.</param>
/// <param name="InitContainers">Init containers in order.</param>
/// <param name="Containers">Main containers in order.</param>
internal sealed record PodOutline(
    WorkloadId Id, IReadOnlyList<ContainerOutline> InitContainers, IReadOnlyList<ContainerOutline> Containers)
{
    public bool Has(string container) => InitContainers.Concat(Containers).Any(c => c.Name == container);

    // Source-generated JSON leaves a list that is absent null, whatever the record's own default.
    public static PodOutline Of(PodPlan plan) => new(
        new WorkloadId(plan.Namespace, plan.Name, plan.Uid),
        [.. (plan.InitContainers ?? []).Select(c => new ContainerOutline(c.Name, c.Image ?? ""))],
        [.. plan.Containers.Select(c => new ContainerOutline(c.Name, c.Image ?? ""))]);
}
