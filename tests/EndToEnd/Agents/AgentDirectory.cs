using System.Globalization;
using System.Text;
using System.Text.Json;

namespace VirtualKubelet.EndToEnd.Agents;

/// <summary>The files of one agent: node YAML, manifests, pod directories, state.</summary>
internal sealed class AgentDirectory : IDisposable
{
    public AgentDirectory(AgentOptions options)
    {
        Directory.CreateDirectory(Manifests);
        Work = options.WorkDirectory ?? Path.Combine(Root, "pods");
        File.WriteAllText(Config, NodeYaml(options));
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("vk-e2e-agent-").FullName;

    public string Node => Path.GetFileName(Root).ToLowerInvariant();

    public string Config => Path.Combine(Root, "node.yaml");

    public string Manifests => Path.Combine(Root, "manifests");

    public string Work { get; }

    public string State => Path.Combine(Root, "state");

    public string Token => Path.Combine(State, "token");

    /// <summary>A path for what a container wants to tell the test beside its log.</summary>
    public string Scratch(string name) => Path.Combine(Root, name);

    /// <summary>The directory of a pod that is there.</summary>
    public string PodDirectory(string name) => Directory.EnumerateDirectories(Work, $"default_{name}_*").Single();

    /// <summary>All directories that are complete.</summary>
    public IEnumerable<string> PodDirectories() => Directory.Exists(Work) ? Directory.EnumerateDirectories(Work, "default_*") : [];

    /// <summary>The job that the agent has recorded in a pod directory.</summary>
    public static string? JobIdIn(string directory)
    {
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(directory, "submit.json")));
        return record.RootElement.TryGetProperty("jobId", out var id) ? id.GetString() : null;
    }

    /// <summary>Writes a manifest as a whole: the agent never sees half of it.</summary>
    public void WriteManifest(string name, string text) => WriteManifest(name, Encoding.UTF8.GetBytes(text));

    public void WriteManifest(string name, byte[] content)
    {
        var unfinished = Path.Combine(Manifests, $".{name}.new");
        File.WriteAllBytes(unfinished, content);
        File.Move(unfinished, Path.Combine(Manifests, name), overwrite: true);
    }

    public void RemoveManifest(string name) => File.Delete(Path.Combine(Manifests, name));

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private string NodeYaml(AgentOptions options) => $$"""
        apiVersion: slurm.virtual-kubelet.io/v1alpha1
        kind: VirtualNode
        metadata: {name: {{Node}}}
        spec:
          workDirectory: {{Work}}
          stateDirectory: {{State}}
          podDirectoryRetention: 0s
          kubelet: {port: 0}
          channel: {dialBack: {{(options.DialBack ? "true" : "false")}}}
          slurm:
            pollInterval: {{options.PollInterval}}
            lostJobGrace: {{options.LostJobGrace}}
            commandTimeout: {{options.CommandTimeout}}
            allowedAnnotations: [{name: partition}, {name: time-limit}, {name: nodes}, {name: constraint}]
            allowedFlags: [--begin, --hold, --nodelist, --requeue]
            {{(options.Partition is { } partition ? $"partition: {partition}" : "")}}
          defaults: {memory: 64Mi}
          limits: {pods: {{options.Pods.ToString(CultureInfo.InvariantCulture)}}}
          runtime: {shimPath: "{{options.ShimPath}}"}
        """;
}
