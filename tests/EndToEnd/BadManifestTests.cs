using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.EndToEnd;

/// <summary>Manifests that are wrong, or out to do harm, beside a good one.</summary>
public sealed class BadManifestTests(SlurmCluster cluster) : IClassFixture<SlurmCluster>
{
    private const int Deadline = 240_000;

    [Fact(Timeout = Deadline)]
    public async Task A_manifest_that_is_wrong_shows_as_a_failed_pod_and_the_good_one_runs_on()
    {
        await using var agent = await Agent.StartAsync(cluster);
        agent.Declare(Manifest.Pod("good", $"while ! [ -e {agent.Files.Scratch("go")} ]; do sleep 0.05; done; echo fine"));
        var good = await agent.WaitForPhaseAsync("good", PodPhases.Running);
        var wrong = new Dictionary<string, byte[]>
        {
            ["bad-yaml.yaml"] = "apiVersion: v1\nkind: Pod\nmetadata: {name: [\n"u8.ToArray(),
            ["no-containers.yaml"] = "apiVersion: v1\nkind: Pod\nmetadata: {name: none}\nspec: {}\n"u8.ToArray(),
            ["duplicate-containers.yaml"] = Yaml("twins", "{name: a, image: x, command: [\"true\"]}, {name: a, image: x, command: [\"true\"]}"),
            ["taken-name.yaml"] = Yaml("good", "{name: a, image: x, command: [\"touch\", \"" + Canary(agent) + "\"]}"),
            ["impossible.yaml"] = Yaml("impossible", "{name: a, image: x, command: [\"true\"], resources: {requests: {memory: 1000Ti}}}"),
            ["nonsense.yaml"] = Yaml("nonsense", "{name: a, image: x, command: [\"true\"], resources: {requests: {cpu: many}}}"),
            ["gpus.yaml"] = Yaml("gpus", "{name: a, image: x, command: [\"true\"], resources: {requests: {nvidia.com/gpu: 1}}}"),
            ["binary.yaml"] = [0, 1, 2, 3, 255, 254],
            ["null.json"] = "null"u8.ToArray(),
            ["junk.yaml"] = Junk(1 << 20),
            ["junk.json"] = Junk(1 << 20),
            ["long.yaml"] = Encoding.UTF8.GetBytes(new string('x', 1 << 20)),
            ["long-name.yaml"] = Yaml(new string('x', 1 << 20), "{name: a, image: x, command: [\"true\"]}"),
        };

        foreach (var (name, content) in wrong)
        {
            agent.Files.WriteManifest(name, content);
        }

        // "null" is an empty document: it declares nothing and is no error.
        var pods = await Poll.UntilAsync(
            async () => await agent.PodsAsync() is var all && all.Count(p => p.Status?.Phase == PodPhases.Failed) == wrong.Count - 1 ? (true, all) : (false, all),
            Describe,
            $"{wrong.Count - 1} failed pods");

        Assert.Equal(wrong.Count, pods.Count);
        Assert.All(pods.Where(p => p.Status!.Phase == PodPhases.Failed), p => Assert.False(string.IsNullOrWhiteSpace(p.Status!.Message)));
        Assert.Contains(pods, p => p.Status!.Message is { } words && words.Contains("bad-yaml.yaml:", StringComparison.Ordinal));
        Assert.Contains("impossible", agent.Log, StringComparison.Ordinal);
        await File.WriteAllTextAsync(agent.Files.Scratch("go"), "");
        var ended = await agent.WaitForEndAsync("good");
        Assert.Equal((PodPhases.Succeeded, good.Metadata.Uid), (ended.Status!.Phase, ended.Metadata.Uid));
        Assert.Equal("fine\n", await agent.LogsAsync("good"));
        Assert.False(File.Exists(Canary(agent)));
    }

    [Fact(Timeout = Deadline)]
    public async Task Text_that_means_something_to_a_shell_is_never_executed_wherever_it_stands()
    {
        await using var agent = await Agent.StartAsync(cluster);
        var pods = Hostile(Canary(agent)).SelectMany(text => Places.Select(place => (place, text))).Select((attack, i) => Attack($"h{i}", attack.place, attack.text)).ToList();
        for (var i = 0; i < pods.Count; i++)
        {
            agent.Files.WriteManifest($"h{i}.json", pods[i]);
        }

        var ended = await Poll.UntilAsync(
            async () => await agent.PodsAsync() is var all && all.Count == pods.Count && all.All(p => PodPhases.IsTerminal(p.Status?.Phase)) ? (true, all) : (false, all),
            Describe,
            $"the end of {pods.Count} pods",
            TimeSpan.FromMinutes(3));

        Assert.False(File.Exists(Canary(agent)));
        Assert.All(ended.Where(p => p.Status!.Phase == PodPhases.Failed), p => Assert.False(string.IsNullOrWhiteSpace(Explanation(p)), JsonSerializer.Serialize(p.Status, KubernetesJson.Api.PodStatus)));
        Assert.Contains(ended, p => p.Status!.Phase == PodPhases.Succeeded);
        var uids = ended.Select(p => p.Metadata.Uid).ToHashSet();
        Assert.All(await cluster.JobsByUidAsync(), job => Assert.Contains(job.Key, uids));
        Assert.All(
            Directory.EnumerateFileSystemEntries(agent.Files.Work), path => Assert.Matches("^[A-Za-z0-9.-]+_[A-Za-z0-9.-]+_[A-Za-z0-9.-]+$", Path.GetFileName(path)));
        Assert.Equal((200, "ok"), await agent.GetAsync("/healthz"));
    }

    // Each takes a pod and puts the text at one place.
    private static readonly Action<JsonNode, string>[] Places =
    [
        (pod, text) => pod["metadata"]!["name"] = text,
        (pod, text) => pod["metadata"]!["namespace"] = text,
        (pod, text) => pod["metadata"]!["uid"] = text,
        (pod, text) => pod["metadata"]!["labels"] = new JsonObject { ["key"] = text },
        (pod, text) => pod["metadata"]!["labels"] = new JsonObject { [text] = "value" },
        (pod, text) => pod["metadata"]!["annotations"] = new JsonObject { ["note"] = text },
        (pod, text) => pod["metadata"]!["annotations"] = new JsonObject { [$"slurm.virtual-kubelet.io/{text}"] = "value" },
        (pod, text) => pod["metadata"]!["annotations"] = new JsonObject { ["slurm.virtual-kubelet.io/partition"] = text },
        (pod, text) => pod["metadata"]!["annotations"] = new JsonObject { ["slurm.virtual-kubelet.io/time-limit"] = text },
        (pod, text) => pod["metadata"]!["annotations"] = new JsonObject { ["slurm.virtual-kubelet.io/flags"] = text },
        (pod, text) => pod["metadata"]!["annotations"] = new JsonObject { ["slurm.virtual-kubelet.io/flags"] = $"--begin={text}" },
        (pod, text) => pod["spec"]!["restartPolicy"] = text,
        (pod, text) => pod["spec"]!["volumes"] = new JsonArray(new JsonObject { ["name"] = text, ["emptyDir"] = new JsonObject() }),
        (pod, text) => ContainerOf(pod)["name"] = text,
        (pod, text) => ContainerOf(pod)["image"] = text,
        (pod, text) => ContainerOf(pod)["command"] = new JsonArray(text),
        (pod, text) => ContainerOf(pod)["args"] = new JsonArray(text),
        (pod, text) => ContainerOf(pod)["workingDir"] = text,
        (pod, text) => ContainerOf(pod)["env"] = new JsonArray(new JsonObject { ["name"] = text, ["value"] = "value" }),
        (pod, text) => ContainerOf(pod)["env"] = new JsonArray(new JsonObject { ["name"] = "NAME", ["value"] = text }),
        (pod, text) => ContainerOf(pod)["resources"] = new JsonObject { ["requests"] = new JsonObject { ["memory"] = text } },
        (pod, text) => ContainerOf(pod)["resources"] = new JsonObject { ["requests"] = new JsonObject { [text] = "1" } },
    ];

    private static string[] Hostile(string canary) =>
        ["..", $"../../../../../..{canary}", $"a\ntouch {canary}\n", $"$(touch {canary})", $"`touch {canary}`", $"'; touch {canary}; '", $"\"; touch {canary}; \"", $"a\0; touch {canary}"];

    private static byte[] Attack(string name, Action<JsonNode, string> place, string text)
    {
        var pod = JsonNode.Parse(Manifest.Json(new Pod
        {
            Metadata = new ObjectMeta { Name = name },
            Spec = new PodSpec { RestartPolicy = "Never", Containers = [new Container { Name = "main", Image = "none", Command = ["/bin/true"] }] },
        }))!;
        place(pod, text);
        return Encoding.UTF8.GetBytes(pod.ToJsonString());
    }

    private static JsonNode ContainerOf(JsonNode pod) => pod["spec"]!["containers"]![0]!;

    private static byte[] Yaml(string name, string containers) =>
        Encoding.UTF8.GetBytes($"apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec: {{restartPolicy: Never, containers: [{containers}]}}\n");

    private static byte[] Junk(int length)
    {
        var junk = new byte[length];
        new Random(42).NextBytes(junk);
        return junk;
    }

    private static string Canary(Agent agent) => agent.Files.Scratch("canary");

    private static string? Explanation(Pod pod) => pod.Status!.Message ?? pod.Status.ContainerStatuses?.Select(c => c.State?.Terminated?.Message ?? c.State?.Waiting?.Message).FirstOrDefault();

    private static string Describe(IReadOnlyList<Pod> pods) =>
        string.Join('\n', pods.Select(p => $"{p.Metadata.Namespace}/{p.Metadata.Name} {p.Status?.Phase} {p.Status?.Reason} {p.Status?.Message}"));
}
