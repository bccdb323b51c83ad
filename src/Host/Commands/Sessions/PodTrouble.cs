using VirtualKubelet.Kubelet.Client;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Host.Commands.Sessions;

/// <summary>Says in words what a kubelet's refusal is about: it names neither the pod nor the state it is in.</summary>
internal static class PodTrouble
{
    /// <summary>Runs what opens a session; a refusal that the pod explains is thrown as an explanation.</summary>
    /// <exception cref="ArgumentException">The pod is not there, or its container does not run.</exception>
    public static async Task<T> ExplainAsync<T>(KubeletClient client, ContainerName target, Func<Task<T>> open, CancellationToken cancellationToken)
    {
        try
        {
            return await open();
        }
        catch (KubeletRequestException refusal)
        {
            throw await FindAsync(client, target, cancellationToken) is { } words ? new ArgumentException(words) : refusal;
        }
    }

    /// <summary>Looks at the pod where no refusal would tell of its state.</summary>
    /// <exception cref="ArgumentException">The pod is not there, or its container does not run.</exception>
    public static async Task RequireRunningAsync(KubeletClient client, ContainerName target, CancellationToken cancellationToken)
    {
        if (await FindAsync(client, target, cancellationToken) is { } words)
        {
            throw new ArgumentException(words);
        }
    }

    private static async Task<string?> FindAsync(KubeletClient client, ContainerName target, CancellationToken cancellationToken)
    {
        try
        {
            var pods = await PodListing.ReadAsync(client, cancellationToken);
            var pod = pods.FirstOrDefault(p => p.Metadata.Namespace == target.Namespace && p.Metadata.Name == target.Pod);
            return pod is null ? $"pod {target.Namespace}/{target.Pod} does not exist" : WordsFor(pod, target);
        }
        catch (KubeletRequestException)
        {
            // Not everyone may list pods; the first refusal has to do.
            return null;
        }
    }

    private static string? WordsFor(Pod pod, ContainerName target)
    {
        var name = $"{target.Namespace}/{target.Pod}";
        if (target.Container is not { } container)
        {
            return pod.Status?.Phase is { } phase and not PodPhases.Running ? $"pod {name} is not running: it is {phase}" : null;
        }

        IReadOnlyList<Container> declared = [.. pod.Spec.AllContainers];
        if (declared.All(c => c.Name != container))
        {
            return $"pod {name} has no container {container}, but {string.Join(", ", declared.Select(c => c.Name))}";
        }

        IEnumerable<ContainerStatus> statuses = [.. pod.Status?.InitContainerStatuses ?? [], .. pod.Status?.ContainerStatuses ?? []];
        return statuses.FirstOrDefault(s => s.Name == container)?.State switch
        {
            { Running: not null } => null,
            { Waiting: { } waiting } => $"container {container} of pod {name} is not running: it is waiting ({waiting.Reason})",
            { Terminated: { } ended } => $"container {container} of pod {name} is not running: it has ended with exit code {ended.ExitCode} ({ended.Reason})",
            _ => $"container {container} of pod {name} is not running yet",
        };
    }
}
