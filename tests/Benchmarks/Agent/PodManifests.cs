using System.Text.Json;

namespace VirtualKubelet.Benchmarks.Agent;

/// <summary>Pods as the agent reads them.</summary>
internal static class PodManifests
{
    private const int PodsPerFile = 500;

    /// <summary>A pod of one container, <c>main</c>; held by Slurm, if asked, so that it costs nothing but its place in the queue.</summary>
    public static string Pod(string name, string command, bool isHeld) => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Pod",
        ["metadata"] = new
        {
            name,
            @namespace = "bench",
            labels = new { app = "bench" },
            annotations = isHeld ? new Dictionary<string, string> { ["slurm.virtual-kubelet.io/flags"] = "--hold" } : [],
        },
        ["spec"] = new
        {
            restartPolicy = "Never",
            terminationGracePeriodSeconds = 1,
            containers = new[]
            {
                new
                {
                    name = "main",
                    image = "registry.example/bench:1",
                    command = new[] { "/bin/sh", "-c", command },
                    env = new[] { new { name = "GREETING", value = "hello" } },
                    resources = new { requests = new { cpu = "1", memory = "64Mi" } },
                },
            },
        },
    });

    /// <summary>Declares held pods <c>pod-FIRST</c> and so on; returns when the files are complete in the directory.</summary>
    public static void DeclareHeld(AgentSetup setup, int first, int count)
    {
        foreach (var numbers in Enumerable.Range(first, count).Chunk(PodsPerFile))
        {
            Put(setup, $"pods-{numbers[0]:D6}.json", string.Join('\n', numbers.Select(n => Pod($"pod-{n}", "true", isHeld: true))));
        }
    }

    /// <summary>Puts one manifest file into the directory as a whole.</summary>
    public static void Put(AgentSetup setup, string name, string content)
    {
        var hidden = Path.Combine(setup.Manifests, "." + name);
        File.WriteAllText(hidden, content);
        File.Move(hidden, Path.Combine(setup.Manifests, name));
    }
}
