using System.Text.Json;
using VirtualKubelet.Controllers.Validation;
using VirtualKubelet.Controllers.Workloads;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Tests.Workloads;

/// <summary>The volume that admission puts into every pod, and volumes that only look like it.</summary>
public sealed class ServiceAccountMountTests
{
    private const string Path = "/var/run/secrets/kubernetes.io/serviceaccount";
    private const string Projected = """{"projected":{"defaultMode":420,"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},{"configMap":{"name":"kube-root-ca.crt"}}]}}""";

    [Theory]
    [InlineData("kube-api-access-x7k2p", Projected)]
    [InlineData("builder-token-x7k2p", """{"secret":{"secretName":"builder-token-x7k2p","defaultMode":420}}""")]
    public void The_injected_volume_is_left_out(string name, string source)
    {
        var pod = Pod(name, source, Path);
        Assert.Empty(PodValidator.Validate(pod));
        var stripped = ServiceAccountMounts.Without(pod);

        Assert.Empty(stripped.Spec.Volumes!);
        Assert.All(stripped.Spec.AllContainers, c => Assert.Empty(c.VolumeMounts!));
        Assert.Single(pod.Spec.Containers![0].VolumeMounts!);
    }

    [Theory]
    [InlineData("kube-api-access-x7k2p", Projected, "/elsewhere")]
    [InlineData("kube-api-access-x7k2p", """{"emptyDir":{}}""", Path)]
    [InlineData("kube-api-access-x7k2p", """{"projected":{"sources":[{"configMap":{"name":"c"}}]}}""", Path)]
    [InlineData("my-token", Projected, Path)]
    [InlineData("builder-token-x7k2p", """{"secret":{"secretName":"another"}}""", Path)]
    [InlineData("other-token-x7k2p", """{"secret":{"secretName":"other-token-x7k2p"}}""", Path)]
    public void Whatever_a_user_mounts_stays(string name, string source, string path)
    {
        var stripped = ServiceAccountMounts.Without(Pod(name, source, path));
        Assert.Single(stripped.Spec.Volumes!);
        Assert.All(stripped.Spec.AllContainers, c => Assert.Single(c.VolumeMounts!));
    }

    private static Pod Pod(string volume, string source, string path)
    {
        var container = $$"""{"name":"NAME","image":"busybox","command":["true"],"volumeMounts":[{"name":"{{volume}}","readOnly":true,"mountPath":"{{path}}"}]}""";
        var json = $$"""
            {
              "metadata": { "name": "a", "namespace": "default", "uid": "u1" },
              "spec": {
                "serviceAccountName": "builder",
                "initContainers": [{{container.Replace("NAME", "init", StringComparison.Ordinal)}}],
                "containers": [{{container.Replace("NAME", "main", StringComparison.Ordinal)}}],
                "volumes": [{ "name": "{{volume}}", {{source[1..]}}]
              }
            }
            """;
        return JsonSerializer.Deserialize(json, KubernetesJson.Api.Pod)!;
    }
}
