using System.Text;
using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Controllers.StaticPods;

namespace VirtualKubelet.Controllers.Tests.StaticPods;

public sealed class ManifestReaderTests
{
    [Fact]
    public void A_pod_has_the_defaults_of_a_static_pod()
    {
        var pod = Manifests.Single(Manifests.Pod("hello") + "  nodeName: elsewhere\nstatus: {phase: Running}\n");

        Assert.Equal(("default", "hello"), (pod.Metadata.Namespace, pod.Metadata.Name));
        Assert.Equal(("node-1", "Always", 30L), (pod.Spec.NodeName, pod.Spec.RestartPolicy, pod.Spec.TerminationGracePeriodSeconds));
        Assert.Null(pod.Status);
        Assert.Equal("file", pod.Metadata.Annotations!["kubernetes.io/config.source"]);
        Assert.Equal(pod.Metadata.Uid, pod.Metadata.Annotations["kubernetes.io/config.hash"]);
        Assert.Equal("2026-01-02T03:04:05.0000000Z", pod.Metadata.Annotations["kubernetes.io/config.seen"]);
    }

    [Fact]
    public void The_uid_is_what_it_always_was()
    {
        Assert.Equal("66766ec0e6b027e04ef3299b69e0b484", Manifests.Single(Manifests.Pod("hello")).Metadata.Uid);
        Assert.Equal("mine-1", Manifests.Single("{apiVersion: v1, kind: Pod, metadata: {name: a, uid: mine-1}, spec: {containers: [{name: c, image: i}]}}").Metadata.Uid);
    }

    [Fact]
    public void The_uid_follows_what_is_said_and_where_not_how_it_is_written()
    {
        var yaml = Manifests.Single(Manifests.Pod("hello")).Metadata.Uid;
        const string json = """{"kind":"Pod", "spec":{"containers":[{"image":"busybox","name":"main","command":["true"]}]},"apiVersion":"v1","metadata":{"name":"hello","labels":null}}""";

        Assert.Equal(yaml, Manifests.Single("# a comment\n---\n" + Manifests.Pod("hello")).Metadata.Uid);
        Assert.Equal(yaml, Manifests.Single(json).Metadata.Uid);
        Assert.NotEqual(yaml, Manifests.Single(Manifests.Pod("hello", "\"false\"")).Metadata.Uid);
        Assert.NotEqual(yaml, Manifests.Single(Manifests.Pod("hello"), "/etc/manifests/other.yaml").Metadata.Uid);
    }

    [Fact]
    public void A_file_may_hold_many_documents_and_lists()
    {
        var list = "apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: d}\n  spec: {containers: [{name: c, image: i}]}\n";
        var items = """{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"e"},"spec":{"containers":[{"name":"c","image":"i"}]}}]}""";
        var content = Manifests.Read($"---\n{Manifests.Pod("a")}---\n---\n# nothing\n---\n{Manifests.Pod("b")}---\n{list}---\n{items}\n");

        Assert.Empty(content.Faults);
        Assert.Equal(["a", "b", "d", "e"], content.Pods.Select(p => p.Key.Name));
    }

    [Fact]
    public void Json_documents_may_follow_each_other()
    {
        var json = """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"NAME"},"spec":{"containers":[{"name":"c","image":"i","args":["\ud83d\ude00\t\/"]}]}}""";
        var content = Manifests.Read(json.Replace("NAME", "a", StringComparison.Ordinal) + "\n" + json.Replace("NAME", "b", StringComparison.Ordinal), "/x/pods.json");

        Assert.Equal(["a", "b"], content.Pods.Select(p => p.Key.Name));
        Assert.Equal(["😀\t/"], content.Pods[0].Pod.Spec.Containers![0].Args!);
    }

    [Theory]
    [InlineData("\"a b\"", "a b")]
    [InlineData("'it''s'", "it's")]
    [InlineData("plain $(text)", "plain $(text)")]
    [InlineData("!!str 12", "12")]
    [InlineData("\"true\"", "true")]
    [InlineData("2026-01-02", "2026-01-02")]
    [InlineData("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z")]
    [InlineData("1.2.3", "1.2.3")]
    [InlineData(".5x", ".5x")]
    [InlineData("0x", "0x")]
    [InlineData("09", null)]
    [InlineData("1_000", null)]
    [InlineData("yes", null)]
    [InlineData("12", null)]
    [InlineData("1.5", null)]
    [InlineData("{}", null)]
    public void Plain_scalars_are_what_kubectl_takes_them_for(string yaml, string? text)
    {
        var content = Manifests.Read(Manifests.Pod("a").Replace("[\"true\"]", $"[{yaml}]", StringComparison.Ordinal));
        if (text is null)
        {
            Assert.Contains("spec.containers[0].command[0]: has the wrong type", Assert.Single(Assert.Single(content.Faults).Errors), StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal([text], Assert.Single(content.Pods).Pod.Spec.Containers![0].Command!);
        }
    }

    [Fact]
    public void Anchors_aliases_and_merges_share_values()
    {
        var pod = Manifests.Single("""
            apiVersion: v1
            kind: Pod
            metadata: {name: a}
            spec:
              containers:
              - &base {name: one, image: i, args: &args [x, z]}
              - {<<: *base, name: two}
              - {name: three, image: i, command: *args}
              volumes:
              - {name: v, configMap: {name: c, defaultMode: 0644}}
            """);

        Assert.Equal(["i", "i", "i"], pod.Spec.Containers!.Select(c => c.Image));
        Assert.Equal(["x", "z"], pod.Spec.Containers![1].Args!);
        Assert.Equal(["x", "z"], pod.Spec.Containers[2].Command!);
        Assert.Equal(420, pod.Spec.Volumes![0].Source!["configMap"].GetProperty("defaultMode").GetInt32());
    }

    [Fact]
    public void All_errors_of_a_manifest_are_told_at_once_with_their_lines()
    {
        var content = Manifests.Read("""
            apiVersion: v1
            kind: Pod
            metadata:
              name: hello
              labels: {app: 5}
            spec:
              restartPolicy: Sometimes
              terminationGracePeriodSeconds: soon
              containers:
              - name: main
                image: busybox
                env:
                - {name: A, value: yes}
              - name: main
                image: busybox
                resources: {limits: {cpu: 1}, requests: {cpu: 2}}
            """);

        var fault = Assert.Single(content.Faults);
        Assert.Equal(new PodKey("default", "hello"), fault.Key);
        Assert.Equal(
            [
                "hello.yaml:13: spec.containers[0].env[0].value: has the wrong type: true; if text is meant, put it in quotes",
                "hello.yaml:14: spec.containers[1].name: \"main\" is given to two containers",
                "hello.yaml:16: spec.containers[1].resources.requests['cpu']: 2 is more than the limit of 1",
                "hello.yaml:5: metadata.labels.app: has the wrong type: 5; if text is meant, put it in quotes",
                "hello.yaml:7: spec.restartPolicy: \"Sometimes\" is not one of Always, OnFailure, Never",
                "hello.yaml:8: spec.terminationGracePeriodSeconds: has the wrong type: \"soon\" is text",
            ],
            fault.Errors.Order(StringComparer.Ordinal));
        Assert.True(content.NamesEveryPod);
    }

    [Theory]
    [InlineData("a: [", "is not YAML")]
    [InlineData("a: b: c", "is not YAML")]
    [InlineData("a: 1\na: 2", "gives \"a\" twice")]
    [InlineData("a: *nobody", "refers to *nobody")]
    [InlineData("a: &a [*a]", "refers to *a")]
    [InlineData("a: !!python/object:os.system x", "has no meaning in a manifest")]
    [InlineData("? [a]\n: b", "has a key that is not a string")]
    [InlineData("a: \"\\ud800\"", "")]
    [InlineData("a: \u0001", "control character U+0001")]
    [InlineData("a: \u001b[31m", "control character U+001B")]
    [InlineData("{\"a\": 1", "is not YAML")]
    [InlineData("<<: 1", "merges")]
    [InlineData("%YAML 99999999999999999999.1\n---\na", "is not YAML")]
    public void A_file_that_cannot_be_read_to_its_end_says_so_and_nothing_else(string text, string error)
    {
        var content = Manifests.Read(Manifests.Pod("good") + "---\n" + text);

        Assert.False(content.IsReadable);
        Assert.Empty(content.Pods);
        var only = Assert.Single(Assert.Single(content.Faults).Errors);
        Assert.Contains(error, only, StringComparison.Ordinal);
        Assert.StartsWith("hello.yaml", only, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kind: ConfigMap\napiVersion: v1\nmetadata: {name: x}", "only Pod can run here", false)]
    [InlineData("kind: Pod\napiVersion: v2\nmetadata: {name: x}", "pods are of v1", true)]
    [InlineData("kind: List\napiVersion: v1", "list without items", true)]
    [InlineData("just text", "is not an object", true)]
    [InlineData("[1]", "is not an object", true)]
    [InlineData("apiVersion: v1\nkind: Pod", "metadata.name: is missing", true)]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: 7\nspec: []", "metadata: has the wrong type", true)]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {name: ../x}", "is not a name", true)]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {name: \"a\\nb; reboot\"}", "is not a name", true)]
    public void A_document_that_is_no_pod_says_so_and_the_others_run(string text, string error, bool mayBePod)
    {
        var content = Manifests.Read(Manifests.Pod("good") + "---\n" + text);

        Assert.Equal("good", Assert.Single(content.Pods).Key.Name);
        var fault = Assert.Single(content.Faults);
        Assert.Contains(fault.Errors, e => e.Contains(error, StringComparison.Ordinal));
        Assert.Equal(mayBePod, fault.MayBePod);
        Assert.All(fault.Errors, e => Assert.DoesNotContain(e, char.IsControl));
    }

    [Fact]
    public void Text_that_is_not_utf8_is_told_with_its_line()
    {
        var content = Manifests.Read([.. "a: 1\nb: "u8, 0xff, 0xfe], "/x/a.yaml");
        Assert.Equal("a.yaml:2: is not UTF-8 text", Assert.Single(Assert.Single(content.Faults).Errors));
    }

    [Fact]
    public void Aliases_that_unfold_without_end_cost_little_and_are_told()
    {
        var bomb = new StringBuilder("apiVersion: v1\nkind: Pod\nmetadata: {name: bomb}\nspec:\n  a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for (var i = 1; i < 30; i++)
        {
            var previous = string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10));
            bomb.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"  a{i}: &a{i} [{previous}]");
        }

        var content = Manifests.Read(Manifests.Pod("good") + "---\n" + bomb);
        Assert.Equal("good", Assert.Single(content.Pods).Key.Name);
        Assert.Contains("unfolds to more than", Assert.Single(Assert.Single(content.Faults).Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    public void Nesting_without_end_is_refused(string opener) =>
        Assert.NotEmpty(Manifests.Errors(string.Concat(Enumerable.Repeat(opener, 100_000))));

    [Fact]
    public void A_huge_file_and_too_many_documents_are_refused()
    {
        Assert.Contains("is larger than", Manifests.Errors(new string('#', ManifestLimits.FileBytes + 1))[0], StringComparison.Ordinal);
        Assert.Contains("documents", Manifests.Errors(string.Concat(Enumerable.Repeat("---\na\n", ManifestLimits.Documents + 1)))[0], StringComparison.Ordinal);
        Assert.Contains("documents", Manifests.Errors(string.Concat(Enumerable.Repeat("{}", ManifestLimits.Documents + 1)), "/x/a.json")[0], StringComparison.Ordinal);
    }
}
