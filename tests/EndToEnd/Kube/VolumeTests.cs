using System.Text.Json;
using System.Text.Json.Nodes;
using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.EndToEnd.Kube;

/// <summary>Volumes made of the cluster's objects, from kubectl to the files in a Slurm job.</summary>
[Collection(KubernetesCollection.Name)]
[Trait("Category", "Kubernetes")]
public sealed class VolumeTests(KubernetesSite site, JoinedAgent joined) : IClassFixture<JoinedAgent>
{
    private const int Deadline = 240_000;

    private NodeAgent Agent => joined.Agent;

    [Fact(Timeout = Deadline)]
    public async Task A_pod_finds_the_files_of_its_ConfigMap_its_Secret_and_itself()
    {
        var (name, map, secret) = (site.NewName("files"), site.NewName("map"), site.NewName("secret"));
        await site.CheckedKubectlAsync("create", "configmap", map, "--from-literal=greeting=hello", "--from-literal=run.sh=#!/bin/sh\necho ran as $1");
        await site.CheckedKubectlAsync("create", "secret", "generic", secret, "--from-literal=password=s3cret");
        await ApplyAsync(
            name,
            "/etc/vk-test/scripts/run.sh me; cat /etc/vk-test/all/greeting /etc/vk-test/all/keys/password; echo; cat /etc/vk-test/all/name; echo; cat /etc/vk-test/one; echo; ls /etc/vk-test/none; echo x > /vk-test-work/x; sleep 600",
            new JsonArray(
                Volume("scripts", "configMap", new JsonObject { ["name"] = map, ["defaultMode"] = 493, ["items"] = new JsonArray(Item("run.sh", "run.sh")) }),
                Volume("one", "secret", new JsonObject { ["secretName"] = secret }),
                Volume("none", "configMap", new JsonObject { ["name"] = "no-such-map", ["optional"] = true }),
                Volume("work", "emptyDir", []),
                Volume("all", "projected", new JsonObject
                {
                    ["sources"] = new JsonArray(
                        new JsonObject { ["configMap"] = new JsonObject { ["name"] = map } },
                        new JsonObject { ["secret"] = new JsonObject { ["name"] = secret, ["items"] = new JsonArray(Item("password", "keys/password")) } },
                        new JsonObject { ["downwardAPI"] = new JsonObject { ["items"] = new JsonArray(Field("name", "metadata.name")) } }),
                })),
            new JsonArray(
                Mount("scripts", "/etc/vk-test/scripts"),
                Mount("all", "/etc/vk-test/all"),
                Mount("one", "/etc/vk-test/one", "password"),
                Mount("none", "/etc/vk-test/none"),
                Mount("work", "/vk-test-work")));

        await site.WaitForPhaseAsync(name, PodPhases.Running);

        await Poll.UntilAsync(async () => await site.CheckedKubectlAsync("logs", name) == $"ran as me\nhellos3cret\n{name}\ns3cret\n", "the files to be printed");
        Assert.Equal("x\n", await site.CheckedKubectlAsync("exec", name, "--", "cat", "/vk-test-work/x"));
        Assert.NotEqual(0, (await site.KubectlAsync("exec", name, "--", "touch", "/etc/vk-test/all/y")).ExitCode);
        Assert.DoesNotContain("s3cret", Agent.Process.Log, StringComparison.Ordinal);
        Assert.False(Path.Exists("/etc/vk-test") || Path.Exists("/vk-test-work"));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_change_of_an_object_or_of_the_pods_labels_reaches_the_running_container_even_when_it_came_while_the_agent_was_away()
    {
        await using var agent = await NodeAgent.StartAsync(site, new NodeAgentOptions { LeaseSeconds = 4 });
        var (name, map) = (site.NewName("fresh"), site.NewName("map"));
        await site.CheckedKubectlAsync("create", "configmap", map, "--from-literal=greeting=one");
        await ApplyAsync(
            name,
            "sleep 600",
            new JsonArray(
                Volume("settings", "configMap", new JsonObject { ["name"] = map }),
                Volume("self", "downwardAPI", new JsonObject { ["items"] = new JsonArray(Field("labels", "metadata.labels")) })),
            new JsonArray(Mount("settings", "/etc/vk-test/settings"), Mount("self", "/etc/vk-test/self")),
            agent);
        await site.WaitForPhaseAsync(name, PodPhases.Running);
        await WaitForFileAsync(name, "settings/greeting", "one");

        await SetAsync(map, "two");
        await WaitForFileAsync(name, "settings/greeting", "two");

        await site.CheckedKubectlAsync("label", "pod", name, "colour=blue");
        await WaitForFileAsync(name, "self/labels", "colour=\"blue\"");

        await agent.Process.KillAsync();
        await SetAsync(map, "three");
        await agent.StartAsync();
        await WaitForFileAsync(name, "settings/greeting", "three");

        // What is gone in the cluster stays where it is in use.
        await site.CheckedKubectlAsync("delete", "configmap", map);
        await site.CheckedKubectlAsync("label", "pod", name, "colour=red", "--overwrite");
        await WaitForFileAsync(name, "self/labels", "colour=\"red\"");
        await WaitForFileAsync(name, "settings/greeting", "three");
    }

    [Fact(Timeout = Deadline)]
    public async Task A_missing_object_of_a_volume_holds_the_pod_back_as_a_kubelet_would_until_it_is_there()
    {
        var (name, map) = (site.NewName("held"), site.NewName("map"));
        await ApplyAsync(
            name,
            "cat /etc/vk-test/settings/greeting",
            new JsonArray(Volume("settings", "configMap", new JsonObject { ["name"] = map })),
            new JsonArray(Mount("settings", "/etc/vk-test/settings")));

        await site.WaitForEventAsync(name, "FailedMount");
        var events = await site.CheckedKubectlAsync("get", "events", "--field-selector", $"involvedObject.name={name},reason=FailedMount", "-o", "jsonpath={.items[0].type} {.items[0].message}");
        Assert.Equal($"Warning MountVolume.SetUp failed for volume \"settings\" : configmap \"{map}\" not found", events);
        var held = (await site.FindPodAsync(name))!;
        Assert.Equal((PodPhases.Pending, "ContainerCreating"), (held.Status!.Phase, held.Status.ContainerStatuses![0].State!.Waiting!.Reason));
        Assert.Empty(await site.JobsOfAsync(held));

        await site.CheckedKubectlAsync("create", "configmap", map, "--from-literal=greeting=there");

        await site.WaitForPhaseAsync(name, PodPhases.Succeeded);
        Assert.Equal("there", await site.CheckedKubectlAsync("logs", name));
    }

    private async Task ApplyAsync(string name, string script, JsonArray volumes, JsonArray mounts, NodeAgent? agent = null)
    {
        var pod = Manifest.Pod(name, script);
        var json = JsonSerializer.SerializeToNode(
            pod with { ApiVersion = "v1", Kind = "Pod", Spec = pod.Spec with { NodeName = (agent ?? Agent).Node } }, KubernetesJson.Api.Pod)!;
        json["spec"]!["volumes"] = volumes;
        json["spec"]!["containers"]![0]!["volumeMounts"] = mounts;
        await site.ApplyAsync(json);
    }

    private Task WaitForFileAsync(string pod, string file, string content) => Poll.UntilAsync(
        async () => (await site.KubectlAsync("exec", pod, "--", "cat", $"/etc/vk-test/{file}")).Output.Contains(content, StringComparison.Ordinal), $"{file} to say {content}");

    private Task<string> SetAsync(string map, string greeting) =>
        site.CheckedKubectlAsync("patch", "configmap", map, "--type=merge", "-p", new JsonObject { ["data"] = new JsonObject { ["greeting"] = greeting } }.ToJsonString());

    private static JsonObject Volume(string name, string kind, JsonObject source) => new() { ["name"] = name, [kind] = source };

    private static JsonObject Mount(string volume, string path, string? part = null)
    {
        var mount = new JsonObject { ["name"] = volume, ["mountPath"] = path };
        if (part is not null)
        {
            mount["subPath"] = part;
        }

        return mount;
    }

    private static JsonObject Item(string key, string path) => new() { ["key"] = key, ["path"] = path };

    private static JsonObject Field(string path, string field) => new() { ["path"] = path, ["fieldRef"] = new JsonObject { ["fieldPath"] = field } };
}
