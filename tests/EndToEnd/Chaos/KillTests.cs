using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Kubernetes;
using Xunit.Abstractions;

namespace VirtualKubelet.EndToEnd.Chaos;

/// <summary>kill -9 at any moment loses no pod, doubles none and tears no log.</summary>
[Trait("Category", "Chaos")]
public sealed class KillTests(SlurmCluster cluster, ITestOutputHelper output) : IClassFixture<SlurmCluster>
{
    private const int Lines = 40;

    private static readonly ChaosLevel Level = ChaosLevel.Chosen;

    private readonly Random _random = new(ChaosSeed.Chosen);
    private TimeSpan _start;

    [Fact(Timeout = ChaosLevel.Deadline)]
    public async Task Every_pod_has_exactly_one_job_and_a_whole_log_however_often_the_agent_is_killed()
    {
        output.WriteLine($"seed {ChaosSeed.Chosen} (VK_CHAOS_SEED)");
        await using var agent = Agent.Prepare(cluster);
        var names = Enumerable.Range(0, Level.Pods).Select(i => $"pod-{i}").ToList();
        var watch = Stopwatch.StartNew();

        var open = await SubmitUnderFireAsync(agent, names);
        var (killed, jobsByThen) = (watch.Elapsed, (await cluster.JobsByUidAsync()).Count);
        await agent.StartAsync();
        foreach (var name in names)
        {
            await agent.WaitForEndAsync(name, TimeSpan.FromMinutes(5));
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Level.Pods} pods, {Level.Kills} kills in {killed.TotalSeconds:0.0} s, {jobsByThen} jobs by the last kill; {open} times a pod was left between its intent and its job; all pods had ended after {watch.Elapsed.TotalSeconds:0.0} s"));
        await AssertWholeAsync(agent, names);
    }

    // Returns how many pods the kills left with an intent and no job on record.
    private async Task<int> SubmitUnderFireAsync(Agent agent, List<string> names)
    {
        var (declared, open) = (0, 0);
        await MeasureStartAsync(agent);
        for (var kill = 1; kill <= Level.Kills; kill++)
        {
            var due = Level.Pods * kill / Level.Kills;
            var early = _random.Next(declared, due + 1);
            declared = Declare(agent, names, declared, early);
            var submitted = Submissions(agent);
            var ready = agent.Launch();
            declared = Declare(agent, names, declared, due);
            await NextMomentAsync(agent, kill % 3, ready, submitted);
            await agent.KillAsync();
            open += agent.Files.PodDirectories().Count(directory => AgentDirectory.JobIdIn(directory) is null);
        }

        return open;
    }

    private async Task MeasureStartAsync(Agent agent)
    {
        var watch = Stopwatch.StartNew();
        await agent.StartAsync();
        _start = watch.Elapsed;
        await agent.KillAsync();
    }

    // A third of the kills anywhere in the agent's start, a third around its first steps, a third while it submits; on a slow machine all is slower.
    private async Task NextMomentAsync(Agent agent, int phase, Task ready, int submitted)
    {
        if (phase == 0)
        {
            await DelayAsync(2.5 * _start);
            return;
        }

        await ready.WaitAsync(Poll.Patience);
        var limit = Stopwatch.StartNew();
        while (phase == 2 && limit.Elapsed < 5 * _start && Submissions(agent) == submitted)
        {
            await Task.Delay(20);
        }

        await DelayAsync(phase == 1 ? 1.5 * _start : 0.2 * _start);
    }

    private Task DelayAsync(TimeSpan longest) => Task.Delay(longest * _random.NextDouble());

    private static int Submissions(Agent agent) => agent.Log.Split(" is job ").Length;

    private static int Declare(Agent agent, List<string> names, int from, int to)
    {
        foreach (var name in names[from..to])
        {
            agent.Declare(Manifest.Pod(name, $"echo $SLURM_JOB_ID >>{agent.Files.Scratch($"ran-{name}")}; i=1; while [ $i -le {Lines} ]; do echo {name} line $i; i=$((i+1)); sleep 0.05; done"));
        }

        return to;
    }

    private async Task AssertWholeAsync(Agent agent, List<string> names)
    {
        var pods = (await agent.PodsAsync()).ToDictionary(p => p.Metadata.Name!);
        var jobs = await cluster.JobsByUidAsync();
        Assert.Equal(names.Order(), pods.Keys.Order());
        foreach (var name in names)
        {
            var pod = pods[name];
            var job = Assert.Single(jobs[pod.Metadata.Uid!]);
            Assert.Equal(PodPhases.Succeeded, pod.Status!.Phase);
            Assert.Equal(job, agent.JobOf(name));
            Assert.Equal(job, ClaimOf(agent, name));
            Assert.Equal([job], await File.ReadAllLinesAsync(agent.Files.Scratch($"ran-{name}")));
            Assert.Equal(string.Concat(Enumerable.Range(1, Lines).Select(i => $"{name} line {i}\n")), await agent.LogsAsync(name));
        }

        Assert.Equal(names.Count, jobs.Sum(pod => pod.Count()));
        Assert.Equal(
            pods.Values.Select(p => $"default_{p.Metadata.Name}_{p.Metadata.Uid}").Order(),
            Directory.EnumerateFileSystemEntries(agent.Files.Work).Select(path => Path.GetFileName(path)).Order());
    }

    private static string ClaimOf(Agent agent, string name) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(agent.Files.PodDirectory(name), "claim.json"))).RootElement.GetProperty("jobId").GetString()!;
}
