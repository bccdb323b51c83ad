using System.Globalization;
using static VirtualKubelet.Shim.Tests.Containers;

namespace VirtualKubelet.Shim.Tests;

public sealed class OutputTests
{
    [Fact(Timeout = 60_000)]
    [Trait("Item", "2.4")]
    public async Task Fifty_thousand_lines_of_both_streams_are_whole_and_in_order()
    {
        await using var pod = new TestPod();
        const int Lines = 25_000;

        var (code, state) = await pod.RunAsync(TestPod.Plan(Shell("main", $"seq -f 'out-%.0f-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' {Lines} & seq -f 'err-%.0f-yyyyyyyyyyyyyyyyyyy' {Lines} >&2; wait")));

        Assert.Equal(0, code);
        Assert.Equal(Enumerable.Range(1, Lines).Select(i => $"out-{i}-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"), Lines_(pod.Output("main", stream: "stdout")));
        Assert.Equal(Enumerable.Range(1, Lines).Select(i => $"err-{i}-yyyyyyyyyyyyyyyyyyy"), Lines_(pod.Output("main", stream: "stderr")));
        var times = pod.Records("main").Select(r => DateTimeOffset.ParseExact(r[..30], "yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)).ToList();
        Assert.Equal(times.Order(), times);
        Assert.InRange(times[0], state.Containers[0].Terminated!.StartedAt!.Value, state.FinishedAt!.Value);
        Assert.InRange(times[^1], times[0], state.FinishedAt.Value);

        static string[] Lines_(string text) => text.Split('\n')[..^1];
    }

    [Fact(Timeout = 60_000)]
    public async Task A_prompt_without_a_newline_is_seen_before_its_line_ends()
    {
        await using var pod = new TestPod();
        var go = pod.Scratch("go");
        var shim = pod.Start(TestPod.Plan(Shell("main", $"printf 'password: '; until test -e {go}; do sleep 0.02; done; echo ok; printf end")));

        await pod.FileAsync(pod.Layout.LogFile("main", 0));
        Assert.Equal("password: ", pod.Output("main"));
        await File.WriteAllTextAsync(go, "x");

        Assert.Equal(0, await shim.ExitCodeAsync());
        Assert.Equal(["stdout P password: ", "stdout F ok", "stdout P end"], pod.Records("main").Select(r => r[31..]));
    }

    [Fact(Timeout = 60_000)]
    public async Task Binary_output_and_endless_lines_pass_unchanged()
    {
        await using var pod = new TestPod();
        var data = new byte[300_000];
        new Random(1).NextBytes(data);
        await File.WriteAllBytesAsync(pod.Scratch("data"), data);

        await pod.RunAsync(TestPod.Plan(Shell("main", $"cat {pod.Scratch("data")}; head -c 100000 /dev/zero")));

        Assert.Equal(System.Text.Encoding.Latin1.GetString(data) + new string('\0', 100_000), ReadAll(pod));
        static string ReadAll(TestPod pod) => string.Concat(System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(pod.Layout.LogFile("main", 0)))
            .Split('\n')[..^1].Select(r => r[31..]).Select(r => r[7] == 'P' ? r[9..] : r[9..] + "\n"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_full_disk_under_the_log_neither_kills_nor_blocks_the_container()
    {
        await using var pod = new TestPod();
        Directory.CreateDirectory(Path.GetDirectoryName(pod.Layout.LogFile("main", 0))!);
        File.CreateSymbolicLink(pod.Layout.LogFile("main", 0), "/dev/full");

        var shim = pod.Start(TestPod.Plan(Shell("main", "head -c 5000000 /dev/zero; echo done >&2")));

        Assert.Equal(0, await shim.ExitCodeAsync());
        var ended = pod.State().Containers[0].Terminated!;
        Assert.Equal("Completed", ended.Reason);
        Assert.Matches("^5[0-9]{6} bytes of the log were lost: No space left on device$", ended.Message);
        Assert.Contains("output is being dropped", shim.Errors, StringComparison.Ordinal);
    }
}
