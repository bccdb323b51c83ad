using System.Text.Json.Serialization;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>JSON of the agent's own files in a pod directory.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(SubmitRecord))]
internal sealed partial class SubmitJson : JsonSerializerContext;
