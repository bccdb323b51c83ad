using System.Text.Json;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers.Contract;
using VirtualKubelet.Providers.Slurm.Scripts;

namespace VirtualKubelet.Providers.Slurm.Tests.Volumes;

/// <summary>The provider trusts nobody with paths.</summary>
public sealed class VolumeRulesTests
{
    [Theory]
    [InlineData("..")]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("/etc/passwd")]
    [InlineData("..data")]
    [InlineData("..data/a")]
    [InlineData("a//b")]
    [InlineData("")]
    [InlineData("./a")]
    [InlineData("a\0b")]
    public void A_file_stays_in_its_volume(string path) =>
        Assert.Single(Errors(Pod(new VolumeMount { Name = "v", MountPath = "/v" }) with { Volumes = [new("v", [new(path, default, UnixFileMode.UserRead)])] }));

    [Theory]
    [InlineData("../v")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("")]
    public void A_volume_stays_in_the_pod_directory(string name)
    {
        Assert.NotEmpty(Errors(Pod() with { Volumes = [new(name, [])] }));
        var pod = Pod().Pod;
        Assert.NotEmpty(Errors(new Workload(pod with { Spec = pod.Spec with { Volumes = [Empty(name)] } })));
    }

    [Theory]
    [InlineData("/", null)]
    [InlineData("", null)]
    [InlineData("/a/../b", null)]
    [InlineData("/a\0b", null)]
    [InlineData("/a", "..")]
    [InlineData("/a", "../x")]
    [InlineData("/a", "/etc")]
    [InlineData("/a", "x\0")]
    public void A_mount_is_a_path_below_the_root_of_a_part_of_its_volume(string path, string? part) =>
        Assert.Single(Errors(Pod(new VolumeMount { Name = "v", MountPath = path, SubPath = part }) with { Volumes = [new("v", [])] }));

    [Fact]
    public void What_no_job_can_have_is_refused()
    {
        var twoWays = new VolumeMount { Name = "v", MountPath = "/v", Other = Members("mountPropagation", "Bidirectional") };
        var devices = new Container { Name = "main", Command = ["true"], Other = new Dictionary<string, JsonElement> { ["volumeDevices"] = JsonSerializer.SerializeToElement(new[] { new { name = "d", devicePath = "/dev/x" } }) } };

        Assert.Contains("Bidirectional", Assert.Single(Errors(Pod(twoWays) with { Volumes = [new("v", [])] })), StringComparison.Ordinal);
        Assert.Contains("volumeDevices", Assert.Single(Errors(TestPod.Of(devices))), StringComparison.Ordinal);
        Assert.Contains("there is no volume \"v\"", Assert.Single(Errors(Pod(new VolumeMount { Name = "v", MountPath = "/v" }))), StringComparison.Ordinal);
        Assert.Contains("two files \"a\"", Assert.Single(Errors(Pod() with { Volumes = [new("v", [new("a", default, default), new("a", default, default)])] })), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Errors(Workload workload) => WorkloadRules.Errors(workload);

    private static Workload Pod(params VolumeMount[] mounts) => TestPod.Of(TestPod.Shell("true") with { VolumeMounts = mounts });

    private static Volume Empty(string name) => new() { Name = name, Source = Members("emptyDir", "") };

    private static Dictionary<string, JsonElement> Members(string name, string value) => new() { [name] = JsonSerializer.SerializeToElement(value) };
}
