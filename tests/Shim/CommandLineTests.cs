using System.Diagnostics;
using System.Text.Json;
using VirtualKubelet.Shim.Protocol;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Shim.Tests;

public sealed class CommandLineTests
{
    [Fact(Timeout = 60_000)]
    public async Task Version_and_probe_say_what_runs_here()
    {
        var (code, version, _) = await RunAsync("version");
        Assert.Equal(0, code);
        Assert.Matches(@"^vk-slurm-shim \d+\.\d+\.\d+", version);

        (code, var line, _) = await RunAsync("probe");
        Assert.Equal(0, code);
        var probe = JsonDocument.Parse(line).RootElement;
        Assert.Equal(Environment.MachineName, probe.GetProperty("host").GetString());
        Assert.True(probe.GetProperty("ok").GetBoolean());
        Assert.EndsWith(probe.GetProperty("version").GetString()!, version.Trim(), StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData()]
    [InlineData("run")]
    [InlineData("run", "")]
    [InlineData("run", "--help")]
    [InlineData("run", "a", "b")]
    [InlineData("run", "--restart-backoff", "10..300", "dir")]
    [InlineData("run", "--restart-backoff", "5s..1s", "dir")]
    [InlineData("channel")]
    [InlineData("channel", "--frames-on-stderr")]
    [InlineData("channel", "--frames-on-stdout", "dir")]
    [InlineData("dance")]
    public async Task A_wrong_command_line_shows_the_right_one(params string[] args)
    {
        var (code, _, errors) = await RunAsync(args);

        Assert.Equal(ShimExitCodes.Usage, code);
        Assert.Contains("usage: vk-slurm-shim", errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Outside_a_job_the_shim_runs_nothing()
    {
        var (code, _, errors) = await RunAsync("run", "/tmp");

        Assert.Equal(ShimExitCodes.Usage, code);
        Assert.Contains("SLURM_JOB_ID", errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_directory_that_is_not_there_is_said_to_be_unwritable()
    {
        await using var pod = new TestPod();
        var shim = pod.Start(new ProcessStartInfo(Binaries.Shim, ["run", pod.Scratch("missing")]));

        Assert.Equal(ShimExitCodes.Io, await shim.ExitCodeAsync());
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] args)
    {
        var start = new ProcessStartInfo(Binaries.Shim, args);
        start.Environment.Remove("SLURM_JOB_ID");
        start.Environment.Remove("VK_JOB_ID");
        await using var shim = new ShimProcess(start);
        var code = await shim.ExitCodeAsync();
        return (code, shim.Output, shim.Errors);
    }
}
