using VirtualKubelet.Configuration;
using VirtualKubelet.Controllers.KubeConfigs;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Host.Composition.ApiServers;

/// <summary>How a node reaches its cluster.</summary>
internal static class ApiServer
{
    /// <summary>Reads the credentials; connects at the first request.</summary>
    /// <exception cref="ApiConfigurationException">They are not there, or not as they should be.</exception>
    public static ApiConnection Connect(NodeSpec spec, TimeProvider time) => new(Options(spec), time);

    /// <summary>Whether a node has a cluster, as far as its configuration and the environment tell.</summary>
    public static bool IsConfigured(NodeSpec spec) => spec.Kubeconfig is not null || InClusterConfiguration.IsPresent;

    private static ApiConnectionOptions Options(NodeSpec spec)
    {
        if (spec.Kubeconfig is { } path)
        {
            return KubeConfigFile.Load(path);
        }

        return InClusterConfiguration.IsPresent
            ? InClusterConfiguration.Load()
            : throw new ApiConfigurationException(
                "there is no API server to join: set spec.kubeconfig (this is not a pod of a cluster, which would have a service account), or run with --standalone --pod-manifest-path DIR");
    }
}
