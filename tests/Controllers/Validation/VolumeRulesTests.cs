using System.Text.Json;
using VirtualKubelet.Controllers.Validation;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Tests.Validation;

/// <summary>Volumes of files, and where they are mounted.</summary>
public sealed class VolumeRulesTests
{
    [Theory]
    [InlineData("/etc")]
    [InlineData("a/../b")]
    [InlineData("..a")]
    [InlineData(".")]
    [InlineData("a\\nb")]
    public void A_file_that_leads_out_of_its_volume_is_refused_wherever_it_stands(string path)
    {
        (string At, string Volume)[] cases =
        [
            ("configMap.items[0].path", $$""" "configMap": { "name": "c", "items": [{ "key": "k", "path": "{{path}}" }] } """),
            ("secret.items[0].path", $$""" "secret": { "secretName": "s", "items": [{ "key": "k", "path": "{{path}}" }] } """),
            ("downwardAPI.items[0].path", $$""" "downwardAPI": { "items": [{ "path": "{{path}}", "fieldRef": { "fieldPath": "metadata.name" } }] } """),
            ("projected.sources[0].configMap.items[0].path", $$""" "projected": { "sources": [{ "configMap": { "name": "c", "items": [{ "key": "k", "path": "{{path}}" }] } }] } """),
            ("projected.sources[0].secret.items[0].path", $$""" "projected": { "sources": [{ "secret": { "name": "s", "items": [{ "key": "k", "path": "{{path}}" }] } }] } """),
            ("projected.sources[0].downwardAPI.items[0].path", $$""" "projected": { "sources": [{ "downwardAPI": { "items": [{ "path": "{{path}}", "fieldRef": { "fieldPath": "metadata.name" } }] } }] } """),
        ];
        Assert.All(cases, c => Assert.Equal("spec.volumes[0]." + c.At, Assert.Single(Validate(c.Volume)).Path));
    }

    [Theory]
    [InlineData("a")]
    [InlineData(".hidden/a..b/c d")]
    [InlineData("a/..b")]
    [InlineData("./a")]
    [InlineData("a//b/")]
    [InlineData("ü;$(reboot)'\"")]
    public void A_file_inside_its_volume_may_have_any_name(string path) => Assert.Null(FileVolumeRules.FilePath(path));

    [Theory]
    [InlineData("a", "a")]
    [InlineData("./a//./b/", "a/b")]
    [InlineData("a/..b", "a/..b")]
    public void A_path_is_cleaned_as_by_a_kubelet(string path, string clean) => Assert.Equal(clean, FileVolumeRules.CleanPath(path));

    [Fact]
    public void Names_of_files_have_the_length_that_file_systems_allow()
    {
        Assert.Null(FileVolumeRules.FilePath(new string('x', 255)));
        Assert.Contains("too long", FileVolumeRules.FilePath(new string('x', 256)), StringComparison.Ordinal);
        Assert.Contains("too long", FileVolumeRules.FilePath(string.Concat(Enumerable.Repeat("0123456789/", 400)) + "x"), StringComparison.Ordinal);
    }

    [Fact]
    public void All_errors_of_volumes_are_told_at_once()
    {
        var errors = Validate(
            """ "configMap": { "defaultMode": 512, "items": [{ "path": "a", "mode": -1 }, { "key": "k", "path": "./a" }, { "key": "k" }] } """,
            """ "secret": { "optional": true } """,
            """ "downwardAPI": { "items": [{ "path": "a" }, { "path": "a", "fieldRef": {}, "resourceFieldRef": {} }] } """,
            """ "projected": { "defaultMode": 4096, "sources": [{}, { "secret": {}, "configMap": { "name": "c" } }, { "serviceAccountToken": {}, "other": {} }, null] } """,
            """ "configMap": { "name": "c", "items": [{ "key": "k", "path": 1 }] } """,
            """ "secret": "s" """,
            """ "configMap": null """);

        Assert.Equal(
            [
                "spec.volumes[0].configMap.defaultMode", "spec.volumes[0].configMap.items[0].key", "spec.volumes[0].configMap.items[0].mode", "spec.volumes[0].configMap.items[1].path",
                "spec.volumes[0].configMap.items[2].path", "spec.volumes[0].configMap.name", "spec.volumes[1].secret.secretName", "spec.volumes[2].downwardAPI.items[0]",
                "spec.volumes[2].downwardAPI.items[1]", "spec.volumes[2].downwardAPI.items[1].path", "spec.volumes[3].projected.defaultMode", "spec.volumes[3].projected.sources[0]",
                "spec.volumes[3].projected.sources[1]", "spec.volumes[3].projected.sources[1].secret.name", "spec.volumes[3].projected.sources[2]", "spec.volumes[3].projected.sources[3]",
                "spec.volumes[4].configMap.items[0].path", "spec.volumes[5].secret", "spec.volumes[6].configMap",
            ],
            errors.Select(e => e.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Files_of_different_sources_may_have_one_path_and_volumes_of_other_kinds_are_not_judged() =>
        Assert.Empty(Validate(
            """ "projected": { "sources": [{ "configMap": { "name": "c", "items": [{ "key": "k", "path": "a" }] } }, { "secret": { "name": "s", "items": [{ "key": "k", "path": "a", "mode": 511 }] } }] } """,
            """ "emptyDir": {} """,
            """ "hostPath": { "path": "../x" } """));

    [Theory]
    [InlineData(""" "mountPath": "/" """, "mountPath")]
    [InlineData(""" "mountPath": "//./" """, "mountPath")]
    [InlineData(""" "mountPath": "." """, "mountPath")]
    [InlineData(""" "mountPath": "" """, "mountPath")]
    [InlineData(""" "readOnly": true """, "mountPath")]
    [InlineData(""" "mountPath": "/x", "subPath": "/a" """, "subPath")]
    [InlineData(""" "mountPath": "/x", "subPath": "a/../.." """, "subPath")]
    [InlineData(""" "mountPath": "/x", "subPathExpr": "/$(A)" """, "subPathExpr")]
    [InlineData(""" "mountPath": "/x", "subPathExpr": "$(A)/.." """, "subPathExpr")]
    [InlineData(""" "mountPath": "/x", "subPath": "a", "subPathExpr": "b" """, "")]
    public void A_mount_has_a_place_of_its_own_and_stays_in_its_volume(string mount, string member) =>
        Assert.Equal(("spec.containers[0].volumeMounts[0]." + member).TrimEnd('.'), Assert.Single(Mount(mount)).Path);

    [Theory]
    [InlineData(""" "mountPath": "/x", "subPath": "", "subPathExpr": "a..b/./$(A)/" """)]
    [InlineData(""" "mountPath": "x/y", "subPath": "..a", "subPathExpr": "" """)]
    public void A_mount_may_be_of_a_part_of_a_volume(string mount) => Assert.Empty(Mount(mount));

    private static IReadOnlyList<FieldError> Mount(string mount) => Check($$"""{ "name": "v0", {{mount}} }""", """ "emptyDir": {} """);

    private static IReadOnlyList<FieldError> Validate(params string[] volumes) => Check("", volumes);

    private static IReadOnlyList<FieldError> Check(string mount, params string[] volumes)
    {
        var json = $$"""
            {
              "metadata": { "name": "a", "namespace": "default", "uid": "u1" },
              "spec": {
                "containers": [{ "name": "main", "image": "busybox", "volumeMounts": [{{mount}}] }],
                "volumes": [{{string.Join(',', volumes.Select((v, i) => $$"""{ "name": "v{{i}}", {{v}} }"""))}}]
              }
            }
            """;
        return PodValidator.Validate(JsonSerializer.Deserialize(json, KubernetesJson.Api.Pod)!);
    }
}
