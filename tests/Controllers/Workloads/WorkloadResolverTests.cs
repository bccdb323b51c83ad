using System.Text.Json;
using VirtualKubelet.Controllers.Tests.Fakes;
using VirtualKubelet.Controllers.Workloads;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Tests.Workloads;

public sealed class WorkloadResolverTests
{
    private static readonly WorkloadContext Context = new()
    {
        NodeName = "node-1",
        HostAddress = "10.0.0.1",
        Allocatable = new Dictionary<string, Quantity> { ["cpu"] = new(16), ["memory"] = Quantity.Parse("32Gi") },
    };

    [Theory]
    [InlineData("metadata.name", "a")]
    [InlineData("metadata.namespace", "default")]
    [InlineData("metadata.uid", "u1")]
    [InlineData("metadata.labels['app.kubernetes.io/name']", "web")]
    [InlineData("metadata.labels['none']", "")]
    [InlineData("metadata.annotations['note']", "it's [odd] $(X)")]
    [InlineData("spec.nodeName", "node-1")]
    [InlineData("spec.serviceAccountName", "default")]
    [InlineData("status.hostIP", "10.0.0.1")]
    [InlineData("status.hostIPs", "10.0.0.1")]
    [InlineData("status.podIP", "10.0.0.1")]
    [InlineData("status.podIPs", "10.0.0.1")]
    public void A_field_has_its_value(string path, string expected) =>
        Assert.Equal(expected, Value(new EnvVarSource { FieldRef = new ObjectFieldSelector { FieldPath = path } }));

    [Theory]
    [InlineData("metadata.labels")]
    [InlineData("metadata.labels['']")]
    [InlineData("spec.containers")]
    [InlineData("status.phase")]
    [InlineData("")]
    public void Any_other_field_is_an_error(string path) =>
        Assert.Single(Resolve(new EnvVar { Name = "X", ValueFrom = new EnvVarSource { FieldRef = new ObjectFieldSelector { FieldPath = path } } }).Errors);

    [Theory]
    [InlineData("limits.cpu", null, "2")]
    [InlineData("limits.cpu", "1m", "1500")]
    [InlineData("requests.cpu", "1m", "250")]
    [InlineData("limits.memory", "1Mi", "101")]
    [InlineData("requests.memory", null, "105000000")]
    [InlineData("limits.ephemeral-storage", "1", "0")]
    public void A_resource_is_divided_and_rounded_up(string resource, string? divisor, string expected) =>
        Assert.Equal(expected, Value(new EnvVarSource { ResourceFieldRef = new ResourceFieldSelector { Resource = resource, Divisor = divisor } }));

    [Fact]
    public void A_container_without_a_limit_may_use_what_the_node_offers()
    {
        var variable = new EnvVar { Name = "X", ValueFrom = new EnvVarSource { ResourceFieldRef = new ResourceFieldSelector { Resource = "limits.cpu", ContainerName = "bare" } } };
        var pod = TestPods.Pod("a", "u1", TestPods.Container("main") with { Env = [variable] }, TestPods.Container("bare"));

        Assert.Equal("16", WorkloadResolver.Resolve(pod, Context).Workload!.Pod.Spec.Containers![0].Env![0].Value);
    }

    [Theory]
    [InlineData("limits.cpu", "3")]
    [InlineData("limits.gpu", null)]
    [InlineData("cpu", null)]
    public void A_resource_or_divisor_that_is_not_offered_is_an_error(string resource, string? divisor) =>
        Assert.Single(Resolve(new EnvVar { Name = "X", ValueFrom = new EnvVarSource { ResourceFieldRef = new ResourceFieldSelector { Resource = resource, Divisor = divisor } } }).Errors);

    [Fact]
    public void Values_refer_to_variables_before_them_only_and_the_last_of_a_name_wins()
    {
        var result = Resolve(
            Literal("A", "1"),
            Literal("B", "$(A)$(C)$$(A)"),
            Literal("C", "$(B)"),
            Literal("A", "2$(A)"),
            new EnvVar { Name = "D", ValueFrom = new EnvVarSource { FieldRef = new ObjectFieldSelector { FieldPath = "metadata.annotations['note']" } } });

        Assert.Equal(["A=21", "B=1$(C)$(A)", "C=1$(C)$(A)", "D=it's [odd] $(X)"], Variables(result));
    }

    [Fact]
    public void Commands_and_arguments_see_the_final_variables()
    {
        var container = TestPods.Container("main") with { Env = [Literal("A", "1"), Literal("A", "2")], Command = ["run", "$(A)"], Args = ["$$(A)", "$(NONE)", "\"$(A)\"\n"] };
        var resolved = WorkloadResolver.Resolve(TestPods.Pod("a", "u1", container), Context).Workload!.Pod.Spec.Containers![0];

        Assert.Equal(["run", "2"], resolved.Command!);
        Assert.Equal(["$(A)", "$(NONE)", "\"2\"\n"], resolved.Args!);
    }

    [Theory]
    [InlineData("""{"configMapKeyRef":{"name":"c","key":"k"}}""", false)]
    [InlineData("""{"secretKeyRef":{"name":"c","key":"k","optional":false}}""", false)]
    [InlineData("""{"secretKeyRef":{"name":"c","key":"k","optional":true}}""", true)]
    [InlineData("""{"fileKeyRef":{"optional":true}}""", false)]
    public void A_source_that_needs_an_api_server_is_an_error_unless_optional(string source, bool isFine)
    {
        var result = Resolve(Literal("A", "1"), new EnvVar { Name = "X", ValueFrom = (EnvVarSource?)JsonSerializer.Deserialize(source, KubernetesJson.Api.GetTypeInfo(typeof(EnvVarSource))!) });

        Assert.Equal(isFine, result.Errors.Count == 0);
        if (isFine)
        {
            Assert.Equal(["A=1"], Variables(result));
        }
    }

    [Theory]
    [InlineData("""{"secretRef":{"name":"s"}}""", 1)]
    [InlineData("""{"prefix":"P_","configMapRef":{"name":"s","optional":true}}""", 0)]
    [InlineData("""{}""", 1)]
    public void EnvFrom_is_an_error_unless_optional(string source, int errors)
    {
        var container = TestPods.Container("main") with { EnvFrom = [JsonDocument.Parse(source).RootElement] };
        Assert.Equal(errors, WorkloadResolver.Resolve(TestPods.Pod("a", "u1", container), Context).Errors.Count);
    }

    [Fact]
    public void Values_that_multiply_each_other_are_refused()
    {
        var variables = Enumerable.Range(0, 60).Select(i => Literal($"V{i}", i == 0 ? "0123456789" : $"$(V{i - 1})$(V{i - 1})")).ToArray();
        Assert.NotEmpty(Resolve(variables).Errors);
    }

    [Fact]
    public void A_value_of_100_kB_passes_byte_for_byte_and_one_that_linux_cannot_pass_is_told()
    {
        var text = string.Concat(Enumerable.Repeat("ü'\"\n", 20_000));
        Assert.Equal([$"A={text}"], Variables(Resolve(Literal("A", text))));
        Assert.Contains("too long", Resolve(Literal("A", new string('x', 131_072))).Errors[0].Message, StringComparison.Ordinal);
    }

    private static EnvVar Literal(string name, string value) => new() { Name = name, Value = value };

    private static string Value(EnvVarSource source) => Resolve(new EnvVar { Name = "X", ValueFrom = source }).Workload!.Pod.Spec.Containers![0].Env![0].Value!;

    private static IEnumerable<string> Variables(ResolvedWorkload result) => result.Workload!.Pod.Spec.Containers![0].Env!.Select(v => $"{v.Name}={v.Value}");

    private static ResolvedWorkload Resolve(params EnvVar[] variables)
    {
        var container = TestPods.Container("main") with
        {
            Env = variables,
            Resources = new ResourceRequirements { Limits = Amounts("1.5", "105M"), Requests = new Dictionary<string, JsonElement> { ["cpu"] = Text("250m") } },
        };
        var pod = TestPods.Pod("a", "u1", container);
        return WorkloadResolver.Resolve(pod with
        {
            Metadata = pod.Metadata with
            {
                Labels = new Dictionary<string, string> { ["app.kubernetes.io/name"] = "web" },
                Annotations = new Dictionary<string, string> { ["note"] = "it's [odd] $(X)" },
            },
        }, Context);
    }

    private static Dictionary<string, JsonElement> Amounts(string cpu, string memory) => new() { ["cpu"] = Text(cpu), ["memory"] = Text(memory) };

    private static JsonElement Text(string text) => JsonSerializer.SerializeToElement(text);
}
