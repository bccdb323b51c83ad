using System.Text;
using VirtualKubelet.Shim.Protocol;
using VirtualKubelet.Testing;
using static VirtualKubelet.Shim.Tests.Containers;

namespace VirtualKubelet.Shim.Tests;

public sealed class ByteExactnessTests
{
    private static readonly string[] Hostile =
    [
        "", " ", "a b", "'", "\"", "\\", "$HOME", "$(touch /tmp/pwned)", "`id`", "line\nline\r\n\ttab", "; rm -rf x", "|&<>*?[]{}~!#%", "-n", "--", "=",
        "grüße 漢字 🚀 e\u0301", "\u0001\u001b[31m\u007f", new('x', 100_000), "é" + new string('ß', 60_000), "${VAR}", "$$(NOT_EXPANDED)",
    ];

    [Fact(Timeout = 60_000)]
    public async Task Arguments_and_environment_reach_the_process_byte_for_byte()
    {
        await using var pod = new TestPod();
        var container = new ContainerPlan
        {
            Name = "main",
            Command = ["/bin/sh", "-c", $"cat /proc/$$/cmdline > {pod.Scratch("argv")}; cat /proc/$$/environ > {pod.Scratch("env")}", .. Hostile],
            Args = Hostile,
            Environment = [.. Hostile.Select((value, i) => new EnvironmentVariable($"V_{i}", value)), new("wéird näme.with-dots", "1"), new("TWICE", "first"), new("TWICE", "second"), new("SLURM_JOB_ID", "mine")],
        };

        var (code, _) = await pod.RunAsync(TestPod.Plan(container));

        Assert.Equal(0, code);
        var arguments = await NulSeparatedAsync(pod.Scratch("argv"));
        Assert.Equal([.. container.Command, .. Hostile], arguments);
        var environment = await NulSeparatedAsync(pod.Scratch("env"));
        Assert.Subset(environment.ToHashSet(), Hostile.Select((value, i) => $"V_{i}={value}").ToHashSet());
        Assert.Contains("wéird näme.with-dots=1", environment);
        Assert.Equal(["TWICE=second"], environment.Where(e => e.StartsWith("TWICE=", StringComparison.Ordinal)));
        Assert.Equal(["SLURM_JOB_ID=mine"], environment.Where(e => e.StartsWith("SLURM_JOB_ID=", StringComparison.Ordinal)));
        Assert.Contains("SLURMD_NODENAME=n0", environment);
        Assert.False(File.Exists("/tmp/pwned"));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_the_job_inherited_reaches_the_process_even_when_it_is_not_UTF8()
    {
        await using var pod = new TestPod();
        pod.Write(TestPod.Plan(Shell("main", $"cat /proc/$$/environ > {pod.Scratch("env")}")));

        var start = new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", "ODD=$(printf 'a\\377\\300b'); export ODD; exec \"$0\" run \"$1\"", Binaries.Shim, pod.Layout.Root]);
        Assert.Equal(0, await pod.Start(start).ExitCodeAsync());

        var environment = await File.ReadAllTextAsync(pod.Scratch("env"), Encoding.Latin1);
        Assert.Contains("ODD=a\u00ff\u00c0b\0", environment, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_value_that_Linux_does_not_take_is_a_start_error_that_names_it()
    {
        await using var pod = new TestPod();

        var (code, state) = await pod.RunAsync(TestPod.Plan(
            Shell("variable", "true", ("HUGE", new string('x', 131_072))),
            Shell("argument", $"true {new string('x', 131_072)}")));

        Assert.Equal(128, code);
        Assert.All(state.Containers, c => Assert.Equal((128, "StartError"), (c.Terminated!.ExitCode, c.Terminated.Reason)));
        Assert.Contains("argument list too long: the environment variable \"HUGE\" with its value has 131077 bytes", state.Containers[0].Terminated!.Message, StringComparison.Ordinal);
        Assert.Contains("argument list too long: an argument has 131077 bytes", state.Containers[1].Terminated!.Message, StringComparison.Ordinal);
    }

    private static async Task<string[]> NulSeparatedAsync(string file) => (await File.ReadAllTextAsync(file)).Split('\0')[..^1];
}
