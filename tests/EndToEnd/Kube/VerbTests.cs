using System.Globalization;
using System.Text.RegularExpressions;
using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.EndToEnd.Kube;

/// <summary>kubectl's verbs through a real API server into jobs of a real Slurm.</summary>
[Collection(KubernetesCollection.Name)]
[Trait("Category", "Kubernetes")]
public sealed partial class VerbTests(KubernetesSite site, HttpPod http) : IClassFixture<HttpPod>
{
    private const int Deadline = 240_000;

    [Fact(Timeout = Deadline)]
    public async Task Logs_are_followed_from_before_the_start_to_the_end()
    {
        var name = site.NewName("follow");
        await CreateAsync(name, "for i in 1 2 3 4 5; do echo line $i; sleep 0.3; done");
        await site.WaitForPodAsync(name, pod => pod.Status?.Phase is PodPhases.Running or PodPhases.Succeeded, "to run");

        var followed = await site.KubectlAsync("logs", "--follow", name);

        Assert.Equal((0, "line 1\nline 2\nline 3\nline 4\nline 5\n"), (followed.ExitCode, followed.Output));
        await site.WaitForPhaseAsync(name, PodPhases.Succeeded);
        Assert.Equal("line 4\nline 5\n", await site.CheckedKubectlAsync("logs", "--tail=2", name));
    }

    [Fact(Timeout = Deadline)]
    public async Task Logs_are_chosen_by_run_container_time_and_length()
    {
        var name = site.NewName("chosen");
        var pod = Manifest.Pod(name, $"if [ -e {http.Agent.Scratch(name)} ]; then echo second run; exit 0; fi; : >{http.Agent.Scratch(name)}; echo first run; exit 3");
        var other = Manifest.Container("other", "echo early; sleep 3; echo late");
        await site.CreateAsync(pod with { Spec = pod.Spec with { RestartPolicy = "OnFailure", Containers = [.. pod.Spec.Containers!, other] } }, http.Agent.Node);
        await site.WaitForPhaseAsync(name, PodPhases.Succeeded);

        Assert.Equal("first run\n", await site.CheckedKubectlAsync("logs", "--previous", "--container=main", name));
        Assert.Equal("second run\n", await site.CheckedKubectlAsync("logs", "--container=main", name));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT[0-9:.]+(Z|[-+]\d\d:\d\d) second run\n$", await site.CheckedKubectlAsync("logs", "--timestamps", "--container=main", name));
        Assert.Equal("early\nlate\n", await site.CheckedKubectlAsync("logs", "--since=1h", "--container=other", name));
        Assert.Equal("earl", await site.CheckedKubectlAsync("logs", "--limit-bytes=4", "--container=other", name));
        var early = (await site.CheckedKubectlAsync("logs", "--timestamps", "--container=other", name)).Split(' ')[0];
        var after = DateTimeOffset.Parse(early, CultureInfo.InvariantCulture).AddSeconds(1.5).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        Assert.Equal("late\n", await site.CheckedKubectlAsync("logs", $"--since-time={after}", "--container=other", name));
        Assert.Equal(3, (await site.CheckedKubectlAsync("logs", "--all-containers", name)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);

        var none = await site.KubectlAsync("logs", "--previous", "--container=other", name);
        Assert.Equal(1, none.ExitCode);
        Assert.Contains($"previous terminated container \"other\" in pod \"{name}\" not found", none.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline)]
    public async Task Exec_keeps_the_outputs_apart_and_passes_input_and_exit_code_on()
    {
        var apart = await site.KubectlAsync("exec", HttpPod.Name, "--", "sh", "-c", "echo out; echo err >&2; exit 7");
        Assert.Equal((7, "out\n"), (apart.ExitCode, apart.Output));
        Assert.Equal("err\ncommand terminated with exit code 7\n", apart.Error);

        var job = http.Agent.JobOf(HttpPod.Name);
        Assert.Equal($"{job} {http.Port}\n", await site.CheckedKubectlAsync("exec", HttpPod.Name, "--", "sh", "-c", "echo $SLURM_JOB_ID $PORT"));

        var file = http.Agent.Scratch("input");
        await File.WriteAllTextAsync(file, string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{i}\n")));
        await Run.CheckedAsync("/bin/bash", ["-c", $"kubectl exec -i {HttpPod.Name} -- cat <{file} | cmp - {file}"], site.Kube.Variables);
    }

    [Fact(Timeout = Deadline)]
    public async Task Exec_with_a_terminal_has_its_size_and_its_signals()
    {
        var script = http.Agent.Scratch("terminal.sh");
        await File.WriteAllTextAsync(script, $"""
            stty rows 40 cols 120
            kubectl exec -it {HttpPod.Name} -- sh -c 'until [ "$(stty size)" = "40 120" ]; do sleep 0.1; done; echo size is right; read line; echo got $line; sleep 600'
            echo code $?
            """);
        using var terminal = Run.Start("/usr/bin/script", ["-qec", $"bash {script}", "/dev/null"], site.Kube.Variables);
        using var leftover = new Leftover(terminal);
        var output = new TerminalText(terminal.StandardOutput);

        await output.WaitForAsync("size is right");
        await terminal.StandardInput.WriteAsync("hello\r");
        await terminal.StandardInput.FlushAsync();
        await output.WaitForAsync("got hello");
        await terminal.StandardInput.WriteAsync("\x03");
        await terminal.StandardInput.FlushAsync();
        await output.WaitForAsync("code 130");
        await terminal.WaitForExitAsync().WaitAsync(Poll.Patience);
    }

    [Fact(Timeout = Deadline)]
    public async Task What_cannot_be_reached_is_said_in_words()
    {
        var name = site.NewName("held");
        await CreateAsync(name, "true", pod => pod.With("flags", "--hold"));
        await site.WaitForPodAsync(name, pod => pod.Status?.ContainerStatuses?[0].State?.Waiting?.Reason is not (null or "ContainerCreating"), "to wait for Slurm");

        var exec = await site.KubectlAsync("exec", name, "--", "true");
        Assert.NotEqual(0, exec.ExitCode);
        Assert.Contains("main", exec.Error, StringComparison.Ordinal);
        var logs = await site.KubectlAsync("logs", name);
        Assert.Equal(1, logs.ExitCode);
        Assert.Contains($"container \"main\" in pod \"{name}\" is waiting to start", logs.Error, StringComparison.Ordinal);
        var missing = await site.KubectlAsync("exec", HttpPod.Name, "--", "/no/such");
        Assert.Contains("no such file or directory", missing.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline)]
    public async Task Attach_joins_a_container_and_ends_with_it()
    {
        var name = site.NewName("attach");
        await CreateAsync(name, "while read line; do echo got $line; done; echo the end", pod => pod with
        {
            Spec = pod.Spec with { Containers = [pod.Spec.Containers![0] with { Stdin = true, StdinOnce = true }] },
        });
        await site.WaitForPhaseAsync(name, PodPhases.Running);

        using var attached = Run.Start("/usr/bin/env", ["kubectl", "attach", "-i", name], site.Kube.Variables);
        using var leftover = new Leftover(attached);
        await attached.StandardInput.WriteLineAsync("hello");
        await attached.StandardInput.FlushAsync();
        Assert.Equal("got hello", await attached.StandardOutput.ReadLineAsync().WaitAsync(Poll.Patience));
        attached.StandardInput.Close();
        Assert.Equal("the end", await attached.StandardOutput.ReadLineAsync().WaitAsync(Poll.Patience));
        await attached.WaitForExitAsync().WaitAsync(Poll.Patience);

        await site.WaitForPhaseAsync(name, PodPhases.Succeeded);
    }

    [Fact(Timeout = Deadline)]
    public async Task Files_are_copied_both_ways()
    {
        var (there, back, target) = (http.Agent.Scratch("there"), http.Agent.Scratch("back"), http.Agent.Scratch("target"));
        var content = new byte[5_000_000];
        new Random(1).NextBytes(content);
        await File.WriteAllBytesAsync(there, content);

        await site.CheckedKubectlAsync("cp", there, $"{HttpPod.Name}:{target}");
        Assert.Equal(content, await File.ReadAllBytesAsync(target));
        await site.CheckedKubectlAsync("cp", $"{HttpPod.Name}:{target}", back);
        Assert.Equal(content, await File.ReadAllBytesAsync(back));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_forwarded_port_leads_to_the_server_in_the_job()
    {
        using var forward = Run.Start("/usr/bin/env", ["kubectl", "port-forward", $"pod/{HttpPod.Name}", $":{http.Port}"], site.Kube.Variables);
        using var leftover = new Leftover(forward);
        var line = await forward.StandardOutput.ReadLineAsync().WaitAsync(Poll.Patience);
        var local = Listening().Match(line ?? "").Groups[1].Value;
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        var job = http.Agent.JobOf(HttpPod.Name);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => client.GetStringAsync(new Uri($"http://127.0.0.1:{local}/{i}"))));

        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"you asked job {job} for /{i}\n"), answers);
        var log = await site.CheckedKubectlAsync("logs", HttpPod.Name);
        Assert.All(Enumerable.Range(0, 8), i => Assert.Contains($"asked for /{i}\n", log, StringComparison.Ordinal));
    }

    private Task<Pod> CreateAsync(string name, string script, Func<Pod, Pod>? change = null)
    {
        var pod = Manifest.Pod(name, script);
        return site.CreateAsync(change is null ? pod : change(pod), http.Agent.Node);
    }

    [GeneratedRegex(@"^Forwarding from 127\.0\.0\.1:(\d+) -> ")]
    private static partial Regex Listening();
}
