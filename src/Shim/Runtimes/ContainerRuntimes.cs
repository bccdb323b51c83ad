namespace VirtualKubelet.Shim.Runtimes;

/// <summary>The runtimes this build knows.</summary>
internal static class ContainerRuntimes
{
    /// <summary>The runtime of that name, or null.</summary>
    public static IContainerRuntime? Find(string name) => name switch
    {
        HostRuntime.Name => new HostRuntime(),
        _ => null,
    };

    /// <summary>Their names, for messages.</summary>
    public static string Known => HostRuntime.Name;
}
