using System.Text.Json;
using System.Text.Json.Serialization;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers.Slurm.Scripts;

namespace VirtualKubelet.Providers.Slurm.Tests.Scripts;

/// <summary>A directory per scenario under snapshots/: pod.json and options.json, and the job.sh they make. VK_UPDATE_SNAPSHOTS=1 writes the latter.</summary>
public sealed class SnapshotTests
{
    private static readonly JsonSerializerOptions OptionsJson = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(), new QuantityConverter() },
    };

    public static TheoryData<string> Scenarios => [.. Directory.EnumerateDirectories(Root()).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task The_script_of_a_scenario_is_the_expected_one(string scenario)
    {
        var directory = Path.Combine(Root(), scenario);
        var pod = JsonSerializer.Deserialize(await File.ReadAllTextAsync(Path.Combine(directory, "pod.json")), KubernetesJson.Api.Pod)!;
        var options = JsonSerializer.Deserialize<SlurmProviderOptions>(await File.ReadAllTextAsync(Path.Combine(directory, "options.json")), OptionsJson)!;

        // The one line that depends on who runs the agent.
        var home = Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } value ? value : "/";
        var script = Render(pod, options).Replace($"--chdir={home}\n", "--chdir=HOME\n", StringComparison.Ordinal);

        var expected = Path.Combine(directory, "job.sh");
        if (Environment.GetEnvironmentVariable("VK_UPDATE_SNAPSHOTS") == "1")
        {
            await File.WriteAllTextAsync(expected, script);
        }

        Assert.Equal(await File.ReadAllTextAsync(expected), script);
    }

    private static string Render(Pod pod, SlurmProviderOptions options)
    {
        try
        {
            return JobScriptPreview.Render(new Workload(pod), options);
        }
        catch (ProviderException e)
        {
            return $"{e.Kind}: {e.Message}\n";
        }
    }

    private static string Root()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var candidate = Path.Combine(directory.FullName, "tests", "Providers.Slurm", "Scripts", "snapshots");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return SourceOf();
    }

    // Where build output lies outside the repository.
    private static string SourceOf([System.Runtime.CompilerServices.CallerFilePath] string file = "") =>
        Path.Combine(Path.GetDirectoryName(file)!, "snapshots");

    private sealed class QuantityConverter : JsonConverter<Quantity>
    {
        public override Quantity Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Quantity.Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, Quantity value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
