using VirtualKubelet.Shim.Protocol;
using static VirtualKubelet.Shim.Tests.Containers;

namespace VirtualKubelet.Shim.Tests;

/// <summary>Volumes in containers of the Host runtime; each test on a mount namespace of root's and on one in a user namespace.</summary>
public sealed class MountTests
{
    private const int Deadline = 60_000;

    public static TheoryData<string> Users => [MountPod.Self, MountPod.Ordinary];

    [Theory(Timeout = Deadline)]
    [MemberData(nameof(Users))]
    public async Task A_volume_appears_where_there_is_no_such_directory_and_for_its_container_only(string user)
    {
        await using var pod = new MountPod(user);
        pod.Publish("settings", "..1", ("a", "one"), ("b", "two"));
        pod.Volume("work");

        var (end, output) = await pod.RunAsync(Shell("main", "cat /vk-test/settings/a /etc/vk-test/b; echo made > /vk-test/work/x; ls /etc/passwd /usr/bin/env; ls -d /proc/self") with
        {
            Mounts =
            [
                new("settings", "/vk-test/settings", ReadOnly: true),
                new("settings", "/etc/vk-test", ReadOnly: true),
                new("work", "/vk-test/work"),
            ],
        });

        Assert.Equal((0, "onetwo/etc/passwd\n/usr/bin/env\n/proc/self\n"), (end.ExitCode, output));
        Assert.Equal("made\n", await File.ReadAllTextAsync(pod.Volume("work", "x")));
        Assert.False(Path.Exists("/vk-test"));
        Assert.False(Path.Exists("/etc/vk-test"));
        Assert.Empty(Directory.GetFileSystemEntries(pod.Layout.MountsDirectory));
    }

    [Theory(Timeout = Deadline)]
    [MemberData(nameof(Users))]
    public async Task What_is_mounted_read_only_cannot_be_written_and_neither_can_the_directory_around_it(string user)
    {
        await using var pod = new MountPod(user);
        pod.Publish("settings", "..1", ("a", "one"));

        var (end, output) = await pod.RunAsync(Shell("main", "touch /vk-test/settings/b; rm /vk-test/settings/a; touch /vk-test/c; cat /vk-test/settings/a") with
        {
            Mounts = [new("settings", "/vk-test/settings", ReadOnly: true)],
        });

        Assert.Equal(0, end.ExitCode);
        Assert.Equal(3, output.Split("Read-only file system").Length - 1);
        Assert.EndsWith("one", output, StringComparison.Ordinal);
    }

    [Theory(Timeout = Deadline)]
    [MemberData(nameof(Users))]
    public async Task A_part_of_a_volume_may_stand_for_a_file_or_directory_that_exists(string user)
    {
        await using var pod = new MountPod(user);
        pod.Publish("settings", "..1", ("hosts", "# none"));
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(pod.Volume("work", "media")).FullName, "disk"), "a disk");

        var (_, output) = await pod.RunAsync(Shell("main", "cat /etc/hosts; cat /media/disk; cat /var/run/vk-test/hosts") with
        {
            Mounts =
            [
                new("settings", "/etc/hosts", "hosts", ReadOnly: true),
                new("work", "/media", "media"),

                // A symbolic link to /run, which must not lead out of the container's root.
                new("settings", "/var/run/vk-test", ReadOnly: true),
            ],
        });

        Assert.Equal("# nonea disk# none", output);
        Assert.False(Path.Exists("/run/vk-test"));
    }

    [Theory(Timeout = Deadline)]
    [MemberData(nameof(Users))]
    public async Task Volumes_may_be_mounted_in_each_other_in_whatever_order_they_are_given(string user)
    {
        await using var pod = new MountPod(user);
        pod.Publish("settings", "..1", ("a", "one"));
        pod.Volume("work");

        var (end, output) = await pod.RunAsync(Shell("main", "cat /vk-test/inner/deep/a; touch /vk-test/mine") with
        {
            Mounts = [new("settings", "/vk-test/inner/deep", ReadOnly: true), new("work", "/vk-test")],
        });

        Assert.Equal((0, "one"), (end.ExitCode, output));
        Assert.True(File.Exists(pod.Volume("work", "mine")));
    }

    [Theory(Timeout = Deadline)]
    [MemberData(nameof(Users))]
    public async Task Program_and_working_directory_may_lie_in_a_volume(string user)
    {
        await using var pod = new MountPod(user);
        var tool = pod.Volume("work", "tool");
        await File.WriteAllTextAsync(tool, "#!/bin/sh\npwd\necho \"$GREETING\"\n");
        File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var (_, output) = await pod.RunAsync(new ContainerPlan
        {
            Name = "main",
            Command = ["tool"],
            WorkingDirectory = "/vk-test",
            Environment = [new("PATH", "/vk-test:/bin"), new("GREETING", "it's $(me)")],
            Mounts = [new("work", "/vk-test")],
        });

        Assert.Equal("/vk-test\nit's $(me)\n", output);
    }

    [Theory(Timeout = Deadline)]
    [MemberData(nameof(Users))]
    public async Task A_container_with_volumes_is_the_same_user_with_no_more_rights_signals_or_descriptors(string user)
    {
        const string Script = "id -u; id -g; grep -E 'Cap(Eff|Prm|Inh|Amb)|Sig(Ign|Blk)|NoNewPrivs' /proc/self/status; ls /proc/self/fd; test \"$(ps -o pgid= -p $$)\" -eq $$ && echo leads";
        await using var plain = new MountPod(user);
        var (_, expected) = await plain.RunAsync(Shell("main", Script));
        await using var pod = new MountPod(user);
        pod.Volume("work");

        var (_, output) = await pod.RunAsync(Shell("main", Script) with { Mounts = [new("work", "/vk-test")] });

        Assert.Contains("leads", output, StringComparison.Ordinal);
        Assert.Equal(expected, output);
    }

    [Theory(Timeout = Deadline)]
    [MemberData(nameof(Users))]
    public async Task Files_that_are_replaced_are_seen_by_the_running_container(string user)
    {
        await using var pod = new MountPod(user);
        pod.Publish("settings", "..1", ("a", "old"));
        var shim = pod.Start(Shell("main", "touch /work/up; until grep -q new /vk-test/a; do sleep 0.02; done; cat /vk-test/a") with
        {
            Mounts = [new("settings", "/vk-test", ReadOnly: true), new("work", "/work")],
            WorkingDirectory = pod.Volume("work"),
        });
        await pod.UntilAsync(s => s.Containers[0].Running is not null);

        pod.Publish("settings", "..2", ("a", "new"));

        Assert.Equal(0, await shim.ExitCodeAsync());
        Assert.Equal("new", pod.Output("main"));
    }

    [Theory(Timeout = Deadline)]
    [MemberData(nameof(Users))]
    public async Task A_termination_message_may_lie_in_a_volume(string user)
    {
        await using var pod = new MountPod(user);
        pod.Volume("work");

        var (end, _) = await pod.RunAsync(Shell("main", "echo -n farewell > /vk-test/message") with
        {
            TerminationMessagePath = "/vk-test/message",
            Mounts = [new("work", "/vk-test")],
        });

        Assert.Equal("farewell", end.Message);
    }

    [Theory(Timeout = Deadline)]
    [InlineData(MountPod.Self, "no-such-program", "", "exec: \"no-such-program\": executable file not found in $PATH")]
    [InlineData(MountPod.Self, "/etc/passwd", "", "exec: \"/etc/passwd\": permission denied")]
    [InlineData(MountPod.Ordinary, "/no/such/program", "", "exec: \"/no/such/program\": no such file or directory")]
    [InlineData(MountPod.Ordinary, "true", "/no/where", "working directory \"/no/where\": no such directory")]
    public async Task A_program_that_cannot_be_executed_is_the_same_start_error_as_without_volumes(string user, string program, string directory, string message)
    {
        await using var pod = new MountPod(user);
        pod.Volume("work");

        var (end, _) = await pod.RunAsync(new ContainerPlan { Name = "main", Command = [program], WorkingDirectory = directory, Mounts = [new("work", "/vk-test")] });

        Assert.Equal((128, "StartError", message), (end.ExitCode, end.Reason, end.Message));
    }

    [Theory(Timeout = Deadline)]
    [InlineData("/etc/passwd", null, "cannot mount volume \"settings\" at /etc/passwd: one is a directory and the other a file")]
    [InlineData("/etc/vk-test", "nothing", "subPath \"nothing\" is not in volume \"settings\"")]
    public async Task A_mount_that_is_impossible_is_a_start_error_in_words(string path, string? part, string message)
    {
        await using var pod = new MountPod(MountPod.Ordinary);
        pod.Publish("settings", "..1", ("a", "one"));

        var (end, _) = await pod.RunAsync(Shell("main", "true") with { Mounts = [new("settings", path, part, ReadOnly: true)] });

        Assert.Equal((128, "StartError", message), (end.ExitCode, end.Reason, end.Message));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_part_that_a_writable_volume_does_not_have_is_made()
    {
        await using var pod = new MountPod(MountPod.Ordinary);
        pod.Volume("work");

        var (end, _) = await pod.RunAsync(Shell("main", "touch /vk-test/x") with { Mounts = [new("work", "/vk-test", "a/b")] });

        Assert.Equal(0, end.ExitCode);
        Assert.True(File.Exists(pod.Volume("work", "a/b/x")));
    }

    [Theory(Timeout = Deadline)]
    [MemberData(nameof(Users))]
    public async Task Files_around_a_volume_that_is_mounted_among_them_are_replaced_like_any_others(string user)
    {
        await using var pod = new MountPod(user);
        pod.Publish("settings", "..1", ("a", "old"));
        pod.Publish("secret", "..1", ("key", "hush"));
        pod.Volume("work");
        var shim = pod.Start(Shell("main", "touch /vk-test/inner/up; cat /vk-test/key; until grep -q new /vk-test/a; do sleep 0.02; done; touch /vk-test/b") with
        {
            Mounts = [new("settings", "/vk-test", ReadOnly: true), new("work", "/vk-test/inner"), new("secret", "/vk-test/key", "key", ReadOnly: true)],
        });
        await pod.UntilAsync(_ => File.Exists(pod.Volume("work", "up")));

        pod.Publish("settings", "..2", ("a", "new"));

        Assert.Equal(1, await shim.ExitCodeAsync());
        Assert.Contains("hush", pod.Output("main"), StringComparison.Ordinal);
        Assert.Contains("Read-only file system", pod.Output("main"), StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_part_of_files_stays_what_the_pod_came_with_also_when_the_container_is_restarted()
    {
        await using var pod = new MountPod(MountPod.Ordinary);
        pod.Publish("settings", "..1", ("a", "old"));
        File.CreateSymbolicLink(pod.Volume("settings", "..first"), "..1");
        pod.Publish("settings", "..2", ("b", "new"));

        var (end, output) = await pod.RunAsync(Shell("main", "cat /vk-test") with { Mounts = [new("settings", "/vk-test", "a", ReadOnly: true)] });

        Assert.Equal((0, "old"), (end.ExitCode, output));
    }

    [Theory(Timeout = Deadline)]
    [MemberData(nameof(Users))]
    public async Task A_link_that_leads_out_by_way_of_what_is_not_there_makes_and_empties_nothing(string user)
    {
        await using var pod = new MountPod(user);
        var victim = pod.Volume("other", "victim");
        await File.WriteAllTextAsync(victim, "precious");
        await File.WriteAllTextAsync(pod.Volume("work", "file"), "");
        File.CreateSymbolicLink(pod.Volume("work", "x"), "nope/../../other/victim");

        var (end, _) = await pod.RunAsync(Shell("main", "true") with { Mounts = [new("work", "/vk-test"), new("work", "/vk-test/x", "file"), new("work", "/vk-other", "x/y")] });

        Assert.Equal((128, "StartError"), (end.ExitCode, end.Reason));
        Assert.Equal("precious", await File.ReadAllTextAsync(victim));
        Assert.Equal(["victim"], Directory.GetFileSystemEntries(pod.Volume("other")).Select(e => Path.GetFileName(e)));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_message_path_that_leads_in_circles_fails_no_container()
    {
        await using var pod = new MountPod(MountPod.Ordinary);
        File.CreateSymbolicLink(pod.Volume("work", "message"), "message");

        var (end, _) = await pod.RunAsync(Shell("main", "exit 3") with { TerminationMessagePath = "/vk-test/message", Mounts = [new("work", "/vk-test")] });

        Assert.Equal((3, "Error", (string?)null), (end.ExitCode, end.Reason, end.Message));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_pod_that_is_killed_while_its_volumes_are_being_mounted_does_not_wait_for_them()
    {
        await using var pod = new MountPod(MountPod.Self);
        pod.Volume("work");

        // What the shim starts as itself to mount stands still at its first look at the file.
        var shim = pod.Start(Shell("main", "true") with { Mounts = [new("work", "/vk-test")], Environment = [new("LD_PRELOAD", pod.Fifo("stuck.so"))] });
        await pod.UntilProcessAsync("/usr/bin/unshare");
        pod.RequestStop(graceSeconds: 0);
        shim.Signal(Signals.Term);

        await shim.ExitCodeAsync();
        var state = await pod.UntilAsync(s => s.FinishedAt is not null);
        Assert.Equal("it was stopped before its volumes were mounted", state.Containers[0].Terminated!.Message);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_symbolic_link_in_a_volume_does_not_lead_out_of_it()
    {
        await using var pod = new MountPod(MountPod.Self);
        File.CreateSymbolicLink(pod.Volume("work", "out"), "/etc");

        var (end, output) = await pod.RunAsync(Shell("main", "ls /vk-test") with { Mounts = [new("work", "/vk-test", "out")] });

        Assert.Equal((0, ""), (end.ExitCode, output));
        Assert.True(Directory.Exists(pod.Volume("work", "etc")));
    }

    [Theory(Timeout = Deadline)]
    [MemberData(nameof(Users))]
    public async Task A_container_with_volumes_is_stopped_like_any_other(string user)
    {
        await using var pod = new MountPod(user);
        var shim = pod.Start(Shell("main", "trap 'echo bye; exit 5' TERM; echo ready > /vk-test/ready; while true; do sleep 0.02; done") with { Mounts = [new("work", "/vk-test")], WorkingDirectory = pod.Volume("work") });
        await pod.FileAsync(pod.Volume("work", "ready"));

        shim.Signal(Signals.Term);

        Assert.Equal(5, await shim.ExitCodeAsync());
        Assert.Contains("bye\n", pod.Output("main"), StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_machine_without_user_namespaces_says_so_and_runs_containers_without_volumes()
    {
        if (Environment.UserName != "root")
        {
            // Switching them off, in a namespace within, is easy for one who can become somebody else.
            return;
        }

        await using var pod = new MountPod(MountPod.Ordinary) { HasNoNamespaces = true };
        pod.Volume("work");
        var shim = pod.Start(Shell("with", "true") with { Mounts = [new("work", "/vk-test")] }, Shell("without", "true"));

        Assert.Equal(128, await shim.ExitCodeAsync());
        var state = await pod.UntilAsync(s => s.FinishedAt is not null);
        Assert.EndsWith("user namespaces are off (sysctl user.max_user_namespaces is 0)", state.Containers[0].Terminated!.Message, StringComparison.Ordinal);
        Assert.Equal(0, state.Containers[1].Terminated!.ExitCode);
    }
}
