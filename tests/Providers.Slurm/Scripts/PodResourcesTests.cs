using System.Text.Json;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers.Slurm.Scripts;

namespace VirtualKubelet.Providers.Slurm.Tests.Scripts;

public sealed class PodResourcesTests
{
    [Fact]
    public void Main_containers_add_up_and_the_largest_init_container_counts_when_it_is_larger()
    {
        var spec = new PodSpec
        {
            InitContainers = [Container(new() { ["cpu"] = "3", ["memory"] = "1Gi" }), Container(new() { ["cpu"] = "2", ["example.com/x"] = "1" })],
            Containers = [Container(new() { ["cpu"] = "500m", ["memory"] = "2Gi" }), Container(new() { ["cpu"] = "1", ["memory"] = "1Gi" })],
        };

        Assert.Equal(["cpu=3", "example.com/x=1", "memory=3Gi"], Shown(spec));
    }

    [Fact]
    public void An_absent_request_falls_back_to_the_limit_and_a_present_one_does_not()
    {
        var spec = new PodSpec { Containers = [Container(new() { ["cpu"] = "1" }, new() { ["cpu"] = "4", ["memory"] = "1Gi" })] };

        Assert.Equal(["cpu=1", "memory=1Gi"], Shown(spec));
    }

    [Fact]
    public void The_overhead_of_the_runtime_class_is_added_to_what_is_asked_for()
    {
        var spec = new PodSpec { Containers = [Container(new() { ["cpu"] = "1", ["memory"] = "1Gi" })], Overhead = Json(new() { ["memory"] = "1Gi", ["ephemeral-storage"] = "1Gi" }) };

        Assert.Equal(["cpu=1", "memory=2Gi"], Shown(spec));
    }

    [Fact]
    public void Numbers_are_quantities_too()
    {
        var container = new Container { Name = "c", Resources = new() { Requests = new Dictionary<string, JsonElement> { ["cpu"] = JsonSerializer.SerializeToElement(2) } } };

        Assert.Equal(["cpu=2"], Shown(new PodSpec { Containers = [container] }));
    }

    [Theory]
    [InlineData("much")]
    [InlineData("-1")]
    [InlineData("")]
    [InlineData("1e400")]
    public void What_is_no_quantity_is_named(string text)
    {
        var error = Assert.Throws<ProviderException>(() => PodResources.Effective(new PodSpec { Containers = [Container(new() { ["cpu"] = text })] }));

        Assert.Equal(ProviderErrorKind.Invalid, error.Kind);
        Assert.Contains("resources.requests.cpu", error.Message);
    }

    private static string[] Shown(PodSpec spec) =>
        [.. PodResources.Effective(spec).Select(r => $"{r.Key}={r.Value}").Order(StringComparer.Ordinal)];

    private static Container Container(Dictionary<string, string> requests, Dictionary<string, string>? limits = null) => new()
    {
        Name = "c",
        Resources = new ResourceRequirements { Requests = Json(requests), Limits = limits is null ? null : Json(limits) },
    };

    private static Dictionary<string, JsonElement> Json(Dictionary<string, string> amounts) =>
        amounts.ToDictionary(a => a.Key, a => JsonSerializer.SerializeToElement(a.Value));
}
