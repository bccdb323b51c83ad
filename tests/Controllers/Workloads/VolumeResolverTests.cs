using System.Text;
using System.Text.Json;
using VirtualKubelet.Controllers.Validation;
using VirtualKubelet.Controllers.Workloads;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Controllers.Tests.Workloads;

/// <summary>Files of volumes, from the pod's words to bytes.</summary>
public sealed class VolumeResolverTests
{
    private const string Failed = "MountVolume.SetUp failed for volume \"v\" : ";

    private static readonly Dictionary<ConfigReference, ConfigObject> Objects = new()
    {
        [new(ConfigKind.ConfigMap, "settings")] = ConfigObject.Of(new ConfigMap
        {
            Data = new Dictionary<string, string> { ["app.conf"] = "level=ü\n", ["empty"] = "" },
            BinaryData = new Dictionary<string, byte[]> { ["logo"] = [0xFF, 0x00] },
        }),
        [new(ConfigKind.Secret, "keys")] = ConfigObject.Of(new Secret { Data = new Dictionary<string, byte[]> { ["password"] = "s3cr3t"u8.ToArray(), ["raw"] = [0xFE] } }),
        [new(ConfigKind.ConfigMap, "none")] = ConfigObject.Missing,
        [new(ConfigKind.Secret, "none")] = ConfigObject.Missing,
        [new(ConfigKind.ConfigMap, "late")] = ConfigObject.Unknown(null),
        [new(ConfigKind.Secret, "forbidden")] = ConfigObject.Unknown("no relationship found"),
        [new(ConfigKind.ConfigMap, "odd")] = ConfigObject.Of(new ConfigMap { Data = new Dictionary<string, string> { ["../x"] = "" } }),
        [new(ConfigKind.ConfigMap, "large")] = ConfigObject.Of(new ConfigMap { Data = new Dictionary<string, string> { ["k"] = new('x', 9 << 20) } }),
    };

    public static TheoryData<string, string[]> Sources => new()
    {
        { """ "configMap": { "name": "settings" } """, ["app.conf 644 level=ü\n", "empty 644 ", "logo 644 FF00"] },
        { """ "configMap": { "name": "settings", "defaultMode": 256, "items": [{ "key": "logo", "path": "img/logo.png", "mode": 511 }, { "key": "app.conf", "path": "app" }] } """, ["app 400 level=ü\n", "img/logo.png 777 FF00"] },
        { """ "configMap": { "name": "settings", "optional": true, "items": [{ "key": "gone", "path": "a" }, { "key": "empty", "path": "b", "mode": 0 }] } """, ["b 000 "] },
        { """ "configMap": { "name": "none", "optional": true } """, [] },
        { """ "secret": { "secretName": "keys", "defaultMode": 420 } """, ["password 644 s3cr3t", "raw 644 FE"] },
        { """ "secret": { "secretName": "keys", "items": [{ "key": "password", "path": "p", "mode": 288 }] } """, ["p 440 s3cr3t"] },
        { """ "secret": { "secretName": "none", "optional": true, "items": [{ "key": "k", "path": "p" }] } """, [] },
        { """ "projected": { "sources": [] } """, [] },
        {
            """
            "projected": { "defaultMode": 292, "sources": [
              { "configMap": { "name": "settings", "items": [{ "key": "app.conf", "path": "same" }, { "key": "empty", "path": "d/map" }] } },
              { "secret": { "name": "keys", "items": [{ "key": "password", "path": "same", "mode": 256 }] } },
              { "secret": { "name": "none", "optional": true } },
              { "downwardAPI": { "items": [{ "path": "d/name", "fieldRef": { "fieldPath": "metadata.name" } }] } }] }
            """,
            ["d/map 444 ", "d/name 444 a", "same 400 s3cr3t"]
        },
    };

    [Theory]
    [MemberData(nameof(Sources))]
    public void A_volume_has_the_files_of_its_source(string source, string[] expected) => Assert.Equal(expected, Files(Resolve(source)));

    public static TheoryData<string, string> Fields => new()
    {
        { "metadata.name", "a" },
        { "metadata.namespace", "default" },
        { "metadata.uid", "u1" },
        { "metadata.labels", "app=\"web\"\nb.example.org/tier=\"\"" },
        { "metadata.annotations", "A=\"first\"\nnote=\"two\\nlines of \\\"ü\\\"\"" },
        { "metadata.labels['app']", "web" },
        { "metadata.annotations['note']", "two\nlines of \"ü\"" },
        { "metadata.annotations['none']", "" },
    };

    [Theory]
    [MemberData(nameof(Fields))]
    public void A_file_tells_a_field_of_the_pod(string path, string expected) =>
        Assert.Equal(["f 644 " + expected], Files(Resolve($$""" "downwardAPI": { "items": [{ "path": "f", "fieldRef": { "apiVersion": "v1", "fieldPath": "{{path}}" } }] } """)));

    [Theory]
    [InlineData("""{ "containerName": "main", "resource": "limits.memory", "divisor": "1Mi" }""", "64")]
    [InlineData("""{ "containerName": "init", "resource": "limits.cpu" }""", "16")]
    public void A_file_tells_an_amount_of_a_container(string reference, string expected)
    {
        var source = $$""" "downwardAPI": { "items": [{ "path": "f", "resourceFieldRef": {{reference}} }] } """;
        Assert.True(WorkloadResolver.NeedsNode(Pod(Volume(source))));
        Assert.Equal(["f 644 " + expected], Files(Resolve(source)));
    }

    [Theory]
    [InlineData(""" "downwardAPI": { "items": [{ "path": "f", "fieldRef": { "fieldPath": "spec.nodeName" } }] } """, "downwardAPI.items[0].fieldRef: \"spec.nodeName\" is not a v1 field that a file can have")]
    [InlineData(""" "downwardAPI": { "items": [{ "path": "f", "fieldRef": { "apiVersion": "v2", "fieldPath": "metadata.name" } }] } """, "downwardAPI.items[0].fieldRef: \"metadata.name\" is not a v1 field that a file can have")]
    [InlineData(""" "downwardAPI": { "items": [{ "path": "f", "resourceFieldRef": { "resource": "limits.cpu" } }] } """, "downwardAPI.items[0].resourceFieldRef: names no container")]
    [InlineData(""" "downwardAPI": { "items": [{ "path": "f", "resourceFieldRef": { "containerName": "x", "resource": "limits.cpu" } }] } """, "downwardAPI.items[0].resourceFieldRef: \"x\" is not a container of this pod")]
    [InlineData(""" "projected": { "sources": [{ "serviceAccountToken": { "path": "token" } }] } """, "projected.sources[0].serviceAccountToken: is not a source of files that this node knows; leave it out")]
    [InlineData(""" "projected": { "sources": [{ "clusterTrustBundle": { "path": "ca" } }] } """, "projected.sources[0].clusterTrustBundle: is not a source of files that this node knows; leave it out")]
    [InlineData(""" "configMap": { "name": "odd" } """, "configMap: key \"../x\" of configmap \"odd\" cannot be the name of a file; list the keys to take as items")]
    [InlineData(""" "configMap": { "name": "settings", "items": [{ "key": "empty", "path": "a/b" }, { "key": "logo", "path": "a" }] } """, "\"a\" as a file and as a directory")]
    [InlineData(""" "configMap": { "name": "large", "items": [{ "key": "k", "path": "a" }, { "key": "k", "path": "b" }] } """, "holds 18874368 bytes; at most 16777216 are allowed in one volume")]
    public void What_can_never_be_made_is_an_error(string source, string expected)
    {
        var resolved = Resolve(source);
        Assert.Contains(expected, Assert.Single(resolved.Errors).ToString(), StringComparison.Ordinal);
        Assert.Null(resolved.Workload);

        // A pod that runs keeps what it has.
        var updated = Resolve(source, isUpdate: true);
        Assert.Empty(updated.Errors);
        Assert.Empty(updated.Workload!.Volumes);
        Assert.Contains(expected, Assert.Single(updated.Unmounted), StringComparison.Ordinal);
    }

    [Fact]
    public void The_volumes_of_a_pod_are_bounded_in_all()
    {
        var pod = Pod([.. Enumerable.Range(0, 8).Select(i => ($"v{i}", """ "configMap": { "name": "large" } """))]);
        Assert.Contains("brings the volumes of the pod to 75497472 bytes", Assert.Single(WorkloadResolver.Resolve(pod, Context()).Errors).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""" "configMap": { "name": "none" } """, "configmap \"none\" not found")]
    [InlineData(""" "secret": { "secretName": "none" } """, "secret \"none\" not found")]
    [InlineData(""" "configMap": { "name": "settings", "items": [{ "key": "foo", "path": "f" }] } """, "configmap references non-existent config key: foo")]
    [InlineData(""" "secret": { "secretName": "keys", "items": [{ "key": "foo", "path": "f" }] } """, "references non-existent secret key: foo")]
    [InlineData(""" "secret": { "secretName": "forbidden", "optional": true } """, "secret \"forbidden\" cannot be read: no relationship found")]
    [InlineData(""" "projected": { "sources": [{ "configMap": { "name": "none" } }, { "secret": { "name": "none" } }] } """, "[configmap \"none\" not found, secret \"none\" not found]")]
    public void What_is_missing_is_told_in_a_kubelets_words(string source, string expected)
    {
        var resolved = Resolve(source);
        Assert.Equal([Failed + expected], resolved.Unmounted);
        Assert.Empty(resolved.Errors);
        Assert.Null(resolved.Workload);
        Assert.Empty(Resolve(source, isUpdate: true).Workload!.Volumes);
    }

    [Fact]
    public void What_is_not_known_yet_is_waited_for()
    {
        const string late = """ "configMap": { "name": "late", "optional": true } """;
        var resolved = Resolve(late);
        Assert.Null(resolved.Workload);
        Assert.Empty(resolved.Unmounted);
        Assert.False(resolved.AllKnown);
        Assert.Empty(Resolve(late, isUpdate: true).Workload!.Volumes);
    }

    [Fact]
    public void An_update_brings_the_volumes_that_can_be_made()
    {
        var pod = Pod(("gone", """ "configMap": { "name": "none" } """), ("emptied", """ "configMap": { "name": "none", "optional": true } """), ("kept", """ "secret": { "secretName": "keys" } """));
        var volumes = WorkloadResolver.Resolve(pod, Context() with { IsUpdate = true }).Workload!.Volumes;
        Assert.Equal([("emptied", 0), ("kept", 2)], volumes.Select(v => (v.Name, v.Files.Count)));
    }

    [Fact]
    public void Volumes_that_no_container_mounts_and_those_of_other_kinds_are_left_alone()
    {
        var pod = Pod(("v", """ "configMap": { "name": "settings" } """), ("scratch", """ "emptyDir": {} """), ("unused", """ "secret": { "secretName": "none" } """));
        pod = pod with { Spec = pod.Spec with { Containers = [pod.Spec.Containers![0] with { VolumeMounts = [.. pod.Spec.Containers[0].VolumeMounts!.Where(m => m.Name != "unused")] }] } };
        var workload = WorkloadResolver.Resolve(pod, Context()).Workload!;

        Assert.Equal(["v"], workload.Volumes.Select(v => v.Name));
        Assert.Equal(["v", "scratch", "unused"], workload.Pod.Spec.Volumes!.Select(v => v.Name!));
        Assert.Equal([new ConfigReference(ConfigKind.ConfigMap, "settings")], ConfigReferences.OfVolumes(pod));
    }

    [Fact]
    public void A_volume_that_only_an_init_container_mounts_counts()
    {
        var pod = Pod(Volume(""" "configMap": { "name": "settings" } """));
        var mounts = pod.Spec.Containers![0].VolumeMounts;
        pod = pod with { Spec = pod.Spec with { InitContainers = [pod.Spec.InitContainers![0] with { VolumeMounts = mounts }], Containers = [pod.Spec.Containers[0] with { VolumeMounts = null }] } };
        Assert.Equal(3, Files(WorkloadResolver.Resolve(pod, Context())).Count());
    }

    [Fact]
    public void The_volume_with_credentials_is_not_made_and_names_nothing()
    {
        const string token = """ "projected": { "sources": [{ "serviceAccountToken": { "path": "token" } }, { "configMap": { "name": "kube-root-ca.crt", "items": [{ "key": "ca.crt", "path": "ca.crt" }] } }] } """;
        var pod = Pod(("kube-api-access-x7k2p", token));
        pod = pod with { Spec = pod.Spec with { Containers = [pod.Spec.Containers![0] with { VolumeMounts = [new VolumeMount { Name = "kube-api-access-x7k2p", MountPath = "/var/run/secrets/kubernetes.io/serviceaccount" }] }] } };

        Assert.Empty(ConfigReferences.Of(pod));
        Assert.Empty(WorkloadResolver.Resolve(pod, Context()).Workload!.Volumes);
    }

    [Theory]
    [InlineData(""" "configMap": { "name": "settings" } """, false)]
    [InlineData(""" "secret": { "secretName": "keys", "optional": false } """, false)]
    [InlineData(""" "secret": { "secretName": "keys", "optional": true } """, true)]
    [InlineData(""" "downwardAPI": { "items": [{ "path": "f", "fieldRef": { "fieldPath": "metadata.name" } }] } """, true)]
    public void A_source_that_needs_an_api_server_is_an_error_unless_optional(string source, bool isFine)
    {
        var resolved = WorkloadResolver.Resolve(Pod(Volume(source)), Context() with { Objects = null });
        Assert.Equal(isFine, resolved.Workload is not null);
        Assert.All(resolved.Errors, e => Assert.StartsWith("cannot be resolved without an API server; ", e.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("logs/$(POD)", "logs/a")]
    [InlineData("$$(POD)", "$(POD)")]
    [InlineData("plain", "plain")]
    public void A_sub_path_is_made_of_the_containers_variables(string expression, string expected)
    {
        var mount = Mount(expression).Workload!.Pod.Spec.Containers![0].VolumeMounts![0];
        Assert.Equal((expected, null), (mount.SubPath, mount.SubPathExpr));
    }

    [Theory]
    [InlineData("$(NONE)/$(EMPTY)/$(ALSO)", "failed to prepare subPath: missing value for ALSO, EMPTY, NONE")]
    [InlineData("$(UP)", "\"a/../b\" has to be relative and may not contain '..'")]
    [InlineData("$(ROOT)", "\"/etc\" has to be relative and may not contain '..'")]
    [InlineData("$(LONG)$(LONG)", "expands to more than 4096 characters")]
    public void A_sub_path_that_leads_nowhere_is_an_error(string expression, string expected) =>
        Assert.Equal($"spec.containers[0].volumeMounts[0].subPathExpr: {expected}", Assert.Single(Mount(expression).Errors).ToString());

    [Fact]
    public void A_sub_path_waits_for_its_variable()
    {
        var pod = Pod(("scratch", """ "emptyDir": {} """));
        var source = new EnvVarSource { Other = new Dictionary<string, JsonElement> { ["configMapKeyRef"] = JsonSerializer.SerializeToElement(new { name = "none", key = "k" }) } };
        var container = pod.Spec.Containers![0] with { Env = [new EnvVar { Name = "DIR", ValueFrom = source }], VolumeMounts = [new VolumeMount { Name = "scratch", MountPath = "/x", SubPathExpr = "$(DIR)" }] };
        pod = pod with { Spec = pod.Spec with { Containers = [container] } };

        var resolved = WorkloadResolver.Resolve(pod, Context());
        Assert.Empty(resolved.Errors);
        Assert.Equal("configmap \"none\" not found", Assert.Single(resolved.Missing).Message);

        // The variable is not known again when the pod runs.
        Assert.NotNull(WorkloadResolver.Resolve(pod, Context() with { IsUpdate = true }).Workload);
    }

    private static ResolvedWorkload Mount(string expression)
    {
        var pod = Pod(("scratch", """ "emptyDir": {} """));
        var container = pod.Spec.Containers![0] with
        {
            Env =
            [
                new EnvVar { Name = "POD", ValueFrom = new EnvVarSource { FieldRef = new ObjectFieldSelector { FieldPath = "metadata.name" } } },
                new EnvVar { Name = "EMPTY" },
                new EnvVar { Name = "UP", Value = "a/../b" },
                new EnvVar { Name = "ROOT", Value = "/etc" },
                new EnvVar { Name = "LONG", Value = new string('x', 4000) },
            ],
            VolumeMounts = [new VolumeMount { Name = "scratch", MountPath = "/x", SubPathExpr = expression }],
        };
        return WorkloadResolver.Resolve(pod with { Spec = pod.Spec with { Containers = [container] } }, Context());
    }

    private static ResolvedWorkload Resolve(string source, bool isUpdate = false) => WorkloadResolver.Resolve(Pod(Volume(source)), Context() with { IsUpdate = isUpdate });

    private static (string Name, string Source) Volume(string source) => ("v", source);

    private static Pod Pod(params (string Name, string Source)[] volumes)
    {
        var json = $$"""
            {
              "metadata": {
                "name": "a", "namespace": "default", "uid": "u1",
                "labels": { "b.example.org/tier": "", "app": "web" }, "annotations": { "note": "two\nlines of \"ü\"", "A": "first" }
              },
              "spec": {
                "initContainers": [{ "name": "init", "image": "busybox", "command": ["true"] }],
                "containers": [{
                  "name": "main", "image": "busybox", "command": ["true"], "resources": { "limits": { "memory": "64Mi" } },
                  "volumeMounts": [{{string.Join(',', volumes.Select(v => $$"""{ "name": "{{v.Name}}", "mountPath": "/{{v.Name}}" }"""))}}]
                }],
                "volumes": [{{string.Join(',', volumes.Select(v => $$"""{ "name": "{{v.Name}}", {{v.Source}} }"""))}}]
              }
            }
            """;
        var pod = JsonSerializer.Deserialize(json, KubernetesJson.Api.Pod)!;
        Assert.Empty(PodValidator.Validate(pod));
        return pod;
    }

    private static WorkloadContext Context() => new()
    {
        NodeName = "node-1",
        HostAddress = "10.0.0.1",
        Allocatable = new Dictionary<string, Quantity> { ["cpu"] = new(16) },
        Objects = Objects,
    };

    private static IEnumerable<string> Files(ResolvedWorkload resolved)
    {
        Assert.Empty(resolved.Errors);
        return Assert.Single(resolved.Workload!.Volumes).Files.Select(f => $"{f.Path} {Convert.ToString((int)f.Mode, 8).PadLeft(3, '0')} {Text(f)}");
    }

    private static string Text(VolumeFile file) =>
        System.Text.Unicode.Utf8.IsValid(file.Content.Span) ? Encoding.UTF8.GetString(file.Content.Span) : Convert.ToHexString(file.Content.Span);
}
