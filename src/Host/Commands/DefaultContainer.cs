using VirtualKubelet.Kubelet.Client;

namespace VirtualKubelet.Host.Commands;

/// <summary>Chooses the container when none was named: the one the pod's annotation names, else the first, as kubectl does.</summary>
internal static class DefaultContainer
{
    private const string Annotation = "kubectl.kubernetes.io/default-container";

    public static async Task<string> FindAsync(KubeletClient client, string ns, string name, CancellationToken cancellationToken)
    {
        var pods = await PodListing.ReadAsync(client, cancellationToken);
        var pod = pods.FirstOrDefault(p => p.Metadata.Namespace == ns && p.Metadata.Name == name)
            ?? throw new ArgumentException($"pod {ns}/{name} does not exist");
        return pod.Metadata.Annotations?.GetValueOrDefault(Annotation)
            ?? (pod.Spec.Containers is [{ Name: { } first }, ..] ? first : throw new ArgumentException($"pod {ns}/{name} has no containers"));
    }
}
