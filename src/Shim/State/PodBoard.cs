using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Shim.State;

/// <summary>The pod's state in memory, changed as a whole by whoever learns something; <see cref="StatePublisher"/> brings it to disk.</summary>
internal sealed class PodBoard(PodState initial)
{
    private readonly Lock gate = new();
    private PodState state = initial;

    /// <summary>Raised after a change, on the thread that made it.</summary>
    public event Action? Changed;

    /// <summary>The state as it is now.</summary>
    public PodState Current
    {
        get
        {
            lock (gate)
            {
                return state;
            }
        }
    }

    /// <summary>Changes the pod.</summary>
    public void Update(Func<PodState, PodState> change)
    {
        lock (gate)
        {
            state = change(state);
        }

        Changed?.Invoke();
    }

    /// <summary>Changes one container.</summary>
    public void Update(string container, Func<ContainerState, ContainerState> change)
    {
        Update(pod => pod with
        {
            InitContainers = [.. pod.InitContainers.Select(Apply)],
            Containers = [.. pod.Containers.Select(Apply)],
        });

        ContainerState Apply(ContainerState one) => one.Name == container ? change(one) : one;
    }

    /// <summary>One container as it is now.</summary>
    public ContainerState Find(string container)
    {
        var pod = Current;
        return pod.InitContainers.Concat(pod.Containers).First(c => c.Name == container);
    }
}
