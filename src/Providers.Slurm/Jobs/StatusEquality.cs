using System.Text.Json;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>Compares statuses by what they say; records with lists in them compare the lists by reference.</summary>
internal static class StatusEquality
{
    public static bool Same(WorkloadStatus left, WorkloadStatus right) =>
        ReferenceEquals(left, right)
        || (left.JobId == right.JobId
            && left.Gone == right.Gone
            && Bytes(left.Status).AsSpan().SequenceEqual(Bytes(right.Status)));

    private static byte[] Bytes(PodStatus status) => JsonSerializer.SerializeToUtf8Bytes(status, KubernetesJson.Api.PodStatus);
}
