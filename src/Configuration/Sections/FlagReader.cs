using System.Text.Json.Nodes;
using VirtualKubelet.Configuration.Reading;
using VirtualKubelet.Configuration.Yaml;

namespace VirtualKubelet.Configuration.Sections;

/// <summary>A flag of sbatch that a site may leave to its pods.</summary>
internal static class FlagReader
{
    /// <summary>
    /// Flags by which a pod would become another user, leave its directory, escape the limits of this file, or hide its job from the agent.
    /// </summary>
    private static readonly string[] Reserved =
    [
        "--array", "--chdir", "--clusters", "--comment", "--cpus-per-task", "--error", "--export", "--export-file", "--get-user-env", "--gid",
        "--input", "--job-name", "--mem", "--mem-per-cpu", "--mem-per-gpu", "--no-requeue", "--open-mode", "--output", "--parsable", "--quiet",
        "--signal", "--test-only", "--time", "--uid", "--wait", "--wrap",
    ];

    public static Reader<string> Instance { get; } = new Scalar<string>(
        [ScalarKind.Text],
        (string text, out string? value) =>
        {
            value = text;
            return TextRules.Flag.Check(text) ?? CheckReserved(text);
        },
        value => JsonValue.Create(value),
        Schema);

    private static string? CheckReserved(string flag)
    {
        // sbatch takes any unambiguous beginning of a flag for the flag: --outp is --output.
        var reserved = Array.Find(Reserved, r => r.StartsWith(flag, StringComparison.Ordinal));
        return reserved is null ? null
            : reserved == flag ? $"{flag} cannot be allowed; the agent decides it itself"
            : $"{flag} cannot be allowed; sbatch may take it for {reserved}, which the agent decides itself";
    }

    private static JsonObject Schema()
    {
        var schema = TextRules.Flag.Schema();
        schema["not"] = new JsonObject { ["enum"] = new JsonArray([.. Reserved.Select(r => (JsonNode)r)]) };
        return schema;
    }
}
