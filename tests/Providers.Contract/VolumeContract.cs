using System.Text;
using System.Text.Json;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Providers.Contract;

/// <summary>Volumes of files, and directories that a pod has to itself.</summary>
public abstract class VolumeContract(IProviderHost host) : ProviderContractTests(host)
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    [Fact(Timeout = Deadline)]
    public async Task Files_appear_in_the_containers_that_mount_them_with_their_modes()
    {
        var workload = await CreateAsync(
            Mounting(
                "cat /vk-test/settings/a /vk-test/settings/deep/b; stat -L -c %a /vk-test/settings/a /vk-test/key; touch /vk-test/settings/new || echo refused",
                new VolumeMount { Name = "settings", MountPath = "/vk-test/settings" },
                new VolumeMount { Name = "secret", MountPath = "/vk-test/key", SubPath = "key" }) with
            {
                Volumes =
                [
                    new("settings", [File("a", "one\n"), File("deep/b", "two\n")]),
                    new("secret", [File("key", "hush", UnixFileMode.UserRead)]),
                ],
            });

        await WaitForEndAsync(workload);

        var lines = (await ReadLogAsync(LogOf(workload))).Split('\n');
        Assert.Equal(["one", "two", "644", "400"], lines[..4]);
        Assert.Contains("refused", lines);
    }

    [Fact(Timeout = Deadline)]
    public async Task An_empty_directory_is_shared_by_the_containers_of_a_pod_and_by_commands_in_them()
    {
        VolumeMount[] mounts = [new() { Name = "work", MountPath = "/vk-test/work" }];
        var workload = await CreateAsync(TestPod.Of(new PodSpec
        {
            InitContainers = [TestPod.Shell("echo prepared > /vk-test/work/x", "prepare") with { VolumeMounts = mounts }],
            Containers = [TestPod.Shell("cat /vk-test/work/x; sleep 600") with { VolumeMounts = mounts }],
            Volumes = [Empty("work")],
            RestartPolicy = "Never",
        }));
        await WaitForPhaseAsync(workload, PodPhases.Running);

        var probe = new StreamProbe();
        var code = await Provider.ExecAsync(
            new ExecRequest { Workload = workload.Id, Container = "main", Command = ["/bin/sh", "-c", "cat /vk-test/work/x; cd /vk-test/work && echo more > y; ls"] }, probe.Output, CancellationToken.None);

        Assert.Equal(0, code);
        Assert.Equal("prepared\nx\ny\n", (await probe.TextAsync()).Stdout);
    }

    [Fact(Timeout = Deadline)]
    public async Task An_update_replaces_the_files_of_the_volumes_it_brings_and_leaves_the_others()
    {
        var workload = Mounting(
            "while ! grep -q new /vk-test/a/x; do sleep 0.02; done; ls /vk-test/a; cat /vk-test/a/x /vk-test/b/x",
            new VolumeMount { Name = "a", MountPath = "/vk-test/a" },
            new VolumeMount { Name = "b", MountPath = "/vk-test/b" });
        await CreateAsync(workload with { Volumes = [new("a", [File("x", "old\n"), File("gone", "")]), new("b", [File("x", "kept\n")])] });
        await WaitForPhaseAsync(workload, PodPhases.Running);

        await Provider.UpdateAsync(workload with { Volumes = [new("a", [File("x", "new\n"), File("y", "")])] }, CancellationToken.None);
        await WaitForEndAsync(workload);

        Assert.Equal("x\ny\nnew\nkept\n", await ReadLogAsync(LogOf(workload)));
    }

    [Fact(Timeout = Deadline)]
    public async Task An_update_after_a_restart_replaces_files_as_well()
    {
        var workload = Mounting("while ! grep -q new /vk-test/a/x; do sleep 0.02; done", new VolumeMount { Name = "a", MountPath = "/vk-test/a" });
        await CreateAsync(workload with { Volumes = [new("a", [File("x", "old\n")])] });
        await WaitForPhaseAsync(workload, PodPhases.Running);
        await RestartAsync(gracefully: false);

        await Provider.UpdateAsync(workload with { Volumes = [new("a", [File("x", "new\n")])] }, CancellationToken.None);

        Assert.Equal(PodPhases.Succeeded, (await WaitForEndAsync(workload)).Status.Phase);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_volume_that_cannot_be_had_here_is_refused_in_words()
    {
        var pod = Mounting("true", new VolumeMount { Name = "disk", MountPath = "/data" }).Pod;
        var claim = new Volume { Name = "disk", Source = new Dictionary<string, JsonElement> { ["persistentVolumeClaim"] = JsonSerializer.SerializeToElement(new { claimName = "x" }) } };

        var refusal = await RefusedAsync(ProviderErrorKind.Invalid, () => CreateAsync(new Workload(pod with { Spec = pod.Spec with { Volumes = [claim] } })));

        Assert.Contains("volume \"disk\" of kind persistentVolumeClaim cannot be mounted at /data", refusal.Message, StringComparison.Ordinal);
    }

    private static Workload Mounting(string script, params VolumeMount[] mounts) => TestPod.Of(TestPod.Shell(script) with { VolumeMounts = mounts });

    private static VolumeFile File(string path, string content, UnixFileMode mode = Readable) => new(path, Encoding.UTF8.GetBytes(content), mode);

    private static Volume Empty(string name) =>
        new() { Name = name, Source = new Dictionary<string, JsonElement> { ["emptyDir"] = JsonSerializer.SerializeToElement(new { }) } };
}
