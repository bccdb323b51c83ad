using System.Text.Json;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.EndToEnd.Agents;

/// <summary>Makes pod manifests.</summary>
internal static class Manifest
{
    private const string Prefix = "slurm.virtual-kubelet.io/";

    /// <summary>A pod of one container <c>main</c> that runs a shell script once.</summary>
    public static Pod Pod(string name, string script) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Spec = new PodSpec { RestartPolicy = "Never", TerminationGracePeriodSeconds = 2, Containers = [Container("main", script)] },
    };

    public static Container Container(string name, string script) => new() { Name = name, Image = "none", Command = ["/bin/sh", "-c", script] };

    /// <summary>Adds an annotation of ours.</summary>
    public static Pod With(this Pod pod, string annotation, string value) => pod with
    {
        Metadata = pod.Metadata with
        {
            Annotations = new Dictionary<string, string>(pod.Metadata.Annotations ?? new Dictionary<string, string>()) { [Prefix + annotation] = value },
        },
    };

    /// <summary>JSON, which is YAML too.</summary>
    public static string Json(Pod pod) => JsonSerializer.Serialize(pod, KubernetesJson.Api.Pod);
}
