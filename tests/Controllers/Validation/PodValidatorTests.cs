using System.Text.Json;
using VirtualKubelet.Controllers.Tests.Fakes;
using VirtualKubelet.Controllers.Validation;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Tests.Validation;

public sealed class PodValidatorTests
{
    private static readonly string[] Hostile =
    [
        "..", "../../etc/passwd", "a/b", "a\nb", "a;reboot", "$(reboot)", "`reboot`", "a b", "a'b", "a\"b", "a|b", "a&b", "a>b", "-rf", "a\0b", "\u001b[2J", "A", "ä", ".", "", new('a', 300),
    ];

    public static TheoryData<string> HostileStrings => [.. Hostile];

    [Fact]
    public void A_plain_pod_is_valid() => Assert.Empty(PodValidator.Validate(TestPods.Pod()));

    [Theory]
    [MemberData(nameof(HostileStrings))]
    public void Hostile_names_are_refused_wherever_a_name_stands(string hostile)
    {
        var pod = TestPods.Pod();
        var container = TestPods.Container("main");
        (string Path, Pod Pod)[] cases =
        [
            ("metadata.name", pod with { Metadata = pod.Metadata with { Name = hostile } }),
            ("metadata.namespace", pod with { Metadata = pod.Metadata with { Namespace = hostile } }),
            ("spec.containers[0].name", TestPods.Pod("a", "u1", container with { Name = hostile })),
            ("spec.serviceAccountName", pod with { Spec = pod.Spec with { ServiceAccountName = hostile } }),
            ("spec.restartPolicy", pod with { Spec = pod.Spec with { RestartPolicy = hostile } }),
            ("spec.volumes[0].name", pod with { Spec = pod.Spec with { Volumes = [new Volume { Name = hostile }] } }),
            ("spec.containers[0].volumeMounts[0].name", TestPods.Pod("a", "u1", container with { VolumeMounts = [new VolumeMount { Name = hostile, MountPath = "/x" }] })),
        ];

        Assert.All(cases, c => Assert.Contains(PodValidator.Validate(c.Pod), e => e.Path == c.Path));
        Assert.All(cases, c => Assert.All(PodValidator.Validate(c.Pod), e => Assert.DoesNotContain(e.ToString(), char.IsControl)));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a=b")]
    [InlineData("a b")]
    [InlineData("1a")]
    [InlineData("a\nb")]
    [InlineData("$(x)")]
    [InlineData("BASH_FUNC_x%%")]
    [InlineData("a\0")]
    [InlineData("")]
    public void Hostile_variable_names_are_refused(string name)
    {
        var pod = TestPods.Pod("a", "u1", TestPods.Container("main") with { Env = [new EnvVar { Name = name, Value = "x" }] });
        Assert.Contains(PodValidator.Validate(pod), e => e.Path == "spec.containers[0].env[0].name");
    }

    [Theory]
    [InlineData("a\0b")]
    [InlineData("\0")]
    public void NUL_is_refused_wherever_text_stands(string text)
    {
        var container = TestPods.Container("main");
        Pod[] pods =
        [
            TestPods.Pod("a", "u1", container with { Command = ["sh", text] }),
            TestPods.Pod("a", "u1", container with { Args = [text] }),
            TestPods.Pod("a", "u1", container with { WorkingDir = text }),
            TestPods.Pod("a", "u1", container with { Image = text }),
            TestPods.Pod("a", "u1", container with { Env = [new EnvVar { Name = "A", Value = text }] }),
            TestPods.Pod("a", "u1", container with { Other = new Dictionary<string, JsonElement> { ["terminationMessagePath"] = JsonSerializer.SerializeToElement(text) } }),
            TestPods.Pod() with { Metadata = TestPods.Pod().Metadata with { Annotations = new Dictionary<string, string> { ["a"] = text } } },
        ];

        Assert.All(pods, pod => Assert.NotEmpty(PodValidator.Validate(pod)));
    }

    [Theory]
    [InlineData("rm -rf / ; $(reboot) `x` \n\"'\\ é\u0007")]
    public void Arguments_and_values_may_hold_any_text_but_NUL(string text)
    {
        var container = TestPods.Container("main") with { Command = [text], Args = [text], Env = [new EnvVar { Name = "A.b-C_1", Value = text }] };
        Assert.Empty(PodValidator.Validate(TestPods.Pod("a", "u1", container)));
    }

    [Fact]
    public void All_errors_are_told_at_once()
    {
        var pod = new Pod
        {
            Metadata = new ObjectMeta
            {
                Name = "..",
                Namespace = "A",
                Uid = "a/b",
                Labels = new Dictionary<string, string> { ["bad key"] = "x", ["ok"] = "not ok!" },
                Annotations = new Dictionary<string, string> { ["ok"] = new('x', 300_000), ["/x"] = "" },
            },
            Spec = new PodSpec
            {
                InitContainers = [TestPods.Container("twin") with { RestartPolicy = "Never" }],
                Containers =
                [
                    TestPods.Container("twin") with { Image = "", RestartPolicy = "Always" },
                    null!,
                    TestPods.Container("c") with
                    {
                        Image = "a b",
                        Command = [null!],
                        WorkingDir = "/a\nb",
                        Env = [null!, new EnvVar { Name = "X", Value = "1", ValueFrom = new EnvVarSource() }],
                        Resources = new ResourceRequirements { Limits = Amounts(("cpu", "1"), ("memory", "lots"), ("nvidia.com/gpu", "2"), ("a.b/c", "0.5")), Requests = Amounts(("cpu", "2"), ("memory", "-1"), ("nvidia.com/gpu", "1")) },
                        VolumeMounts = [new VolumeMount { Name = "none", MountPath = "/a:b" }, new VolumeMount { Name = "v", MountPath = "/x" }, new VolumeMount { Name = "v", MountPath = "/x" }],
                    },
                ],
                TerminationGracePeriodSeconds = -1,
                ActiveDeadlineSeconds = 0,
                Volumes = [new Volume { Name = "v" }, new Volume { Name = "v" }, null!],
            },
        };

        Assert.Equal(
            [
                "metadata.annotations", "metadata.annotations['/x']", "metadata.labels['bad key']", "metadata.labels['ok']", "metadata.name", "metadata.namespace", "metadata.uid",
                "spec.activeDeadlineSeconds", "spec.containers[0].image", "spec.containers[0].name", "spec.containers[0].restartPolicy", "spec.containers[1]",
                "spec.containers[2].command[0]", "spec.containers[2].env[0]", "spec.containers[2].env[1]", "spec.containers[2].env[1].valueFrom", "spec.containers[2].image",
                "spec.containers[2].resources.limits['a.b/c']", "spec.containers[2].resources.limits['memory']", "spec.containers[2].resources.requests['cpu']",
                "spec.containers[2].resources.requests['memory']", "spec.containers[2].resources.requests['nvidia.com/gpu']", "spec.containers[2].volumeMounts[0].mountPath",
                "spec.containers[2].volumeMounts[0].name", "spec.containers[2].volumeMounts[2].mountPath", "spec.containers[2].workingDir", "spec.initContainers[0].restartPolicy",
                "spec.terminationGracePeriodSeconds", "spec.volumes[1].name", "spec.volumes[2]",
            ],
            PodValidator.Validate(pod).Select(e => e.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_pod_without_containers_is_told_so() =>
        Assert.Equal("spec.containers: is missing: a pod has at least one container", Assert.Single(PodValidator.Validate(TestPods.Pod() with { Spec = new PodSpec() })).ToString());

    private static Dictionary<string, JsonElement> Amounts(params (string Name, string Amount)[] amounts) =>
        amounts.ToDictionary(a => a.Name, a => JsonSerializer.SerializeToElement(a.Amount));
}
