using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.EndToEnd.Kube;

/// <summary>The life of a pod that is a Slurm job, as the API server is told of it.</summary>
[Collection(KubernetesCollection.Name)]
[Trait("Category", "Kubernetes")]
public sealed class PodTests(KubernetesSite site, JoinedAgent joined) : IClassFixture<JoinedAgent>
{
    private const int Deadline = 240_000;

    private NodeAgent Agent => joined.Agent;

    [Fact(Timeout = Deadline)]
    public async Task A_pod_that_is_applied_runs_as_one_job_and_its_life_can_be_read()
    {
        var name = site.NewName("applied");
        await site.ApplyAsync(Json(Manifest.Pod(name, "echo hello; sleep 1"), Agent.Node));
        await site.CheckedKubectlAsync("wait", "--for=condition=Ready", $"pod/{name}", "--timeout=60s");
        var running = (await site.FindPodAsync(name))!;
        await site.CheckedKubectlAsync("wait", "--for=jsonpath={.status.phase}=Succeeded", $"pod/{name}", "--timeout=60s");
        var ended = (await site.FindPodAsync(name))!;

        var job = Assert.Single(await site.JobsOfAsync(running));
        Assert.Equal(Agent.JobOf(name), job);
        var (before, after) = (running.Status!.ContainerStatuses![0], ended.Status!.ContainerStatuses![0]);
        Assert.NotNull(before.State!.Running);
        Assert.Equal(before.ContainerID, after.ContainerID);
        Assert.Equal((0, "Completed"), (after.State!.Terminated!.ExitCode, after.State.Terminated.Reason));
        Assert.Equal("hello\n", await site.CheckedKubectlAsync("logs", name));
        await site.WaitForEventAsync(name, "Started");
        var described = await site.CheckedKubectlAsync("describe", "pod", name);
        Assert.Contains("Started", described, StringComparison.Ordinal);
        Assert.Contains($"Node:         {Agent.Node}/127.0.0.1", described.Replace("Node:             ", "Node:         ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains(name, await site.CheckedKubectlAsync("get", "events", "--field-selector", $"involvedObject.name={name}"), StringComparison.Ordinal);
    }

    [Theory(Timeout = Deadline)]
    [Trait("Item", "N9")]
    [InlineData("Never", 0, PodPhases.Succeeded, "PodCompleted")]
    [InlineData("Never", 1, PodPhases.Failed, "PodFailed")]
    [InlineData("OnFailure", 1, PodPhases.Running, "ContainersNotReady")]
    [InlineData("Always", 0, PodPhases.Running, "ContainersNotReady")]
    public async Task A_container_that_ends_leaves_its_pod_as_a_kubelet_would(string policy, int code, string phase, string reason)
    {
        var name = site.NewName("ends");
        var pod = Manifest.Pod(name, $"exit {code}");
        await site.CreateAsync(pod with { Spec = pod.Spec with { RestartPolicy = policy } }, Agent.Node);

        var ended = await site.WaitForPodAsync(
            name,
            p => phase == PodPhases.Running
                ? p.Status?.ContainerStatuses?[0].State?.Waiting?.Reason == "CrashLoopBackOff"
                : PodPhases.IsTerminal(p.Status?.Phase),
            phase);

        Assert.Equal(phase, ended.Status!.Phase);
        var ready = ended.Status.Conditions!.Single(c => c.Type == "Ready");
        Assert.Equal("False", ready.Status);
        Assert.Equal(reason, ready.Reason);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N8")]
    public async Task A_pod_with_an_init_container_is_pending_until_that_has_ended()
    {
        var name = site.NewName("init");
        var go = Agent.Scratch($"{name}-go");
        var pod = Manifest.Pod(name, "echo main");
        await site.CreateAsync(pod with { Spec = pod.Spec with { InitContainers = [Manifest.Container("prepare", $"until [ -e {go} ]; do sleep 0.1; done")] } }, Agent.Node);

        var waiting = await site.WaitForPodAsync(name, p => p.Status?.InitContainerStatuses?[0].State?.Running is not null, "its init container");
        Assert.Equal(PodPhases.Pending, waiting.Status!.Phase);
        Assert.Equal("PodInitializing", waiting.Status.ContainerStatuses![0].State!.Waiting!.Reason);
        await File.WriteAllTextAsync(go, "");

        await site.WaitForPhaseAsync(name, PodPhases.Succeeded);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_missing_ConfigMap_or_Secret_holds_a_container_back_until_it_is_there()
    {
        var (name, map, secret) = (site.NewName("refers"), site.NewName("map"), site.NewName("secret"));
        var manifest = Json(Manifest.Pod(name, "echo $GREETING $PASSWORD $OPTIONAL.; sleep 600"), Agent.Node);
        manifest["spec"]!["containers"]![0]!["env"] = new JsonArray(
            From("GREETING", "configMapKeyRef", new JsonObject { ["name"] = map, ["key"] = "greeting" }),
            From("PASSWORD", "secretKeyRef", new JsonObject { ["name"] = secret, ["key"] = "password" }),
            From("OPTIONAL", "configMapKeyRef", new JsonObject { ["name"] = "no-such-map", ["key"] = "x", ["optional"] = true }));
        await site.ApplyAsync(manifest);
        var held = await site.WaitForPodAsync(name, p => p.Status?.ContainerStatuses?[0].State?.Waiting?.Reason == "CreateContainerConfigError", "CreateContainerConfigError");
        Assert.Equal(PodPhases.Pending, held.Status!.Phase);
        Assert.Contains("not found", held.Status.ContainerStatuses![0].State!.Waiting!.Message, StringComparison.Ordinal);
        Assert.Empty(await site.JobsOfAsync(held));

        await site.CheckedKubectlAsync("create", "configmap", map, "--from-literal=greeting=hello");
        await site.CheckedKubectlAsync("create", "secret", "generic", secret, "--from-literal=password=s3cret");

        await site.WaitForPhaseAsync(name, PodPhases.Running);
        await Poll.UntilAsync(async () => await site.CheckedKubectlAsync("logs", name) == "hello s3cret .\n", "the values to be printed");
        Assert.DoesNotContain("s3cret", Agent.Process.Log, StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N12")]
    public async Task A_deleted_pod_is_told_to_end_and_killed_when_its_grace_is_over()
    {
        var (polite, deaf) = (site.NewName("polite"), site.NewName("deaf"));
        await site.CreateAsync(Manifest.Pod(polite, $"trap 'echo ended >{Agent.Scratch(polite)}; exit 0' TERM; echo up; while :; do sleep 0.1; done"), Agent.Node);
        await site.CreateAsync(Manifest.Pod(deaf, "trap '' TERM; echo up; while :; do sleep 0.1; done"), Agent.Node);
        var pods = new[] { await WaitUntilUpAsync(polite), await WaitUntilUpAsync(deaf) };
        var jobs = new[] { Agent.JobOf(polite), Agent.JobOf(deaf) };

        var seen = SeeAsync(pods[1]);
        await site.CheckedKubectlAsync("delete", "pod", polite, deaf, "--grace-period=3", "--timeout=60s");

        Assert.Equal("ended\n", await File.ReadAllTextAsync(Agent.Scratch(polite)));
        Assert.Null(await site.FindPodAsync(polite));
        var last = (await seen).Last(pod => pod.Status?.ContainerStatuses?[0].State?.Terminated is not null).Status!;
        Assert.Equal(137, last.ContainerStatuses![0].State!.Terminated!.ExitCode);
        Assert.Equal(PodPhases.Failed, last.Phase);
        foreach (var job in jobs)
        {
            await site.WaitForJobEndAsync(job);
        }

        await Poll.UntilAsync(() => Task.FromResult(!Agent.PodDirectories().Any(d => d.Contains(deaf, StringComparison.Ordinal) || d.Contains(polite, StringComparison.Ordinal))), "the pods' directories to go");
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N13")]
    public async Task A_deleted_pod_whose_containers_exit_0_has_succeeded_whatever_its_restart_policy()
    {
        var name = site.NewName("always");
        var pod = Manifest.Pod(name, "trap 'exit 0' TERM; echo up; while :; do sleep 0.1; done");
        await site.CreateAsync(pod with { Spec = pod.Spec with { RestartPolicy = "Always", TerminationGracePeriodSeconds = 30 } }, Agent.Node);
        var seen = SeeAsync(await WaitUntilUpAsync(name));

        await site.CheckedKubectlAsync("delete", "pod", name, "--timeout=60s");

        Assert.Equal(PodPhases.Succeeded, (await seen)[^1].Status!.Phase);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N14")]
    public async Task A_forced_deletion_ends_the_job_although_the_pod_is_gone()
    {
        var name = site.NewName("forced");
        await site.CreateAsync(Manifest.Pod(name, "echo up; sleep 600"), Agent.Node);
        await WaitUntilUpAsync(name);
        var job = Agent.JobOf(name);

        await site.CheckedKubectlAsync("delete", "pod", name, "--force", "--grace-period=0");

        Assert.Null(await site.FindPodAsync(name));
        await site.WaitForJobEndAsync(job);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N16")]
    public async Task A_namesake_created_at_once_is_another_pod_with_another_job()
    {
        var name = site.NewName("namesake");
        await site.CreateAsync(Manifest.Pod(name, "echo up; sleep 600"), Agent.Node);
        var first = await WaitUntilUpAsync(name);
        var job = Agent.JobOf(name);
        await site.CheckedKubectlAsync("delete", "pod", name, "--force", "--grace-period=0");
        await site.CreateAsync(Manifest.Pod(name, "echo up; echo second; sleep 600"), Agent.Node);

        var second = await WaitUntilUpAsync(name);
        Assert.NotEqual(first.Metadata.Uid, second.Metadata.Uid);
        Assert.NotEqual(job, Assert.Single(await site.JobsOfAsync(second)));
        await site.WaitForJobEndAsync(job);
        await Poll.UntilAsync(async () => await site.CheckedKubectlAsync("logs", name) == "up\nsecond\n", "the second one's log");
        Assert.Equal(PodPhases.Running, (await site.FindPodAsync(name))!.Status!.Phase);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N11")]
    public async Task A_pod_past_its_deadline_fails_with_that_reason()
    {
        var name = site.NewName("deadline");
        var pod = Manifest.Pod(name, "sleep 600");
        await site.CreateAsync(pod with { Spec = pod.Spec with { ActiveDeadlineSeconds = 2 } }, Agent.Node);

        var failed = await site.WaitForPhaseAsync(name, PodPhases.Failed);

        Assert.Equal("DeadlineExceeded", failed.Status!.Reason);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N18")]
    public async Task What_others_write_into_a_status_stays_there()
    {
        var name = site.NewName("shared");
        var go = Agent.Scratch($"{name}-go");
        await site.CreateAsync(Manifest.Pod(name, $"echo up; until [ -e {go} ]; do sleep 0.1; done"), Agent.Node);
        var pod = await WaitUntilUpAsync(name);
        var condition = new JsonObject { ["type"] = "example.com/Seen", ["status"] = "True" };
        await site.Api.PatchAsync(
            ApiResources.Pods, ObjectKey.Of(pod), Patch.StrategicMerge(new JsonObject { ["status"] = new JsonObject { ["conditions"] = new JsonArray(condition) } }), CancellationToken.None, "status");

        await File.WriteAllTextAsync(go, "");
        var ended = await site.WaitForPhaseAsync(name, PodPhases.Succeeded);

        Assert.Contains(ended.Status!.Conditions!, c => c is { Type: "example.com/Seen", Status: "True" });
    }

    [Fact(Timeout = Deadline)]
    public async Task A_pod_that_can_never_run_here_fails_in_words()
    {
        var name = site.NewName("never");
        await site.CreateAsync(Manifest.Pod(name, "true").With("partition", "nowhere"), Agent.Node);

        var failed = await site.WaitForPhaseAsync(name, PodPhases.Failed);

        Assert.Equal("SlurmRejected", failed.Status!.Reason);
        Assert.Contains("invalid partition", failed.Status.Message, StringComparison.Ordinal);
    }

    private static JsonNode Json(Pod pod, string node) => JsonSerializer.SerializeToNode(
        pod with { ApiVersion = "v1", Kind = "Pod", Spec = pod.Spec with { NodeName = node } }, KubernetesJson.Api.Pod)!;

    private static JsonObject From(string variable, string kind, JsonObject reference) =>
        new() { ["name"] = variable, ["valueFrom"] = new JsonObject { [kind] = reference } };

    private async Task<Pod> WaitUntilUpAsync(string name)
    {
        var pod = await site.WaitForPhaseAsync(name, PodPhases.Running);
        await Poll.UntilAsync(async () => (await site.KubectlAsync("logs", name)).Output.StartsWith("up\n", StringComparison.Ordinal), $"pod {name} to be up");
        return pod;
    }

    /// <summary>Every state of a pod from now to its end.</summary>
    private async Task<IReadOnlyList<Pod>> SeeAsync(Pod pod)
    {
        using var patience = new CancellationTokenSource(Poll.Patience);
        var seen = new List<Pod>();
        var options = new WatchOptions
        {
            FieldSelector = string.Create(CultureInfo.InvariantCulture, $"metadata.name={pod.Metadata.Name}"),
            ResourceVersion = pod.Metadata.ResourceVersion,
        };
        await foreach (var change in site.Api.WatchAsync(ApiResources.Pods, "default", options, patience.Token))
        {
            seen.Add(change.Object!);
            if (change.Type == WatchEventType.Deleted)
            {
                break;
            }
        }

        return seen;
    }
}
