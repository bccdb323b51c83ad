using System.Reflection;

namespace VirtualKubelet.Configuration.Tests;

/// <summary>Files of the repository that the tests hold the code to.</summary>
internal static class RepositoryFiles
{
    public static string Reference => Path.Combine(Root, "deploy", "node.yaml");

    public static string Schema => Path.Combine(Root, "deploy", "node.schema.json");

    public static string Samples(string kind) => Path.Combine(Root, "tests", "Configuration", "samples", kind);

    /// <summary>Compares with a recorded file, or records it anew when VK_UPDATE_SNAPSHOTS is 1.</summary>
    public static void AssertRecorded(string path, string actual)
    {
        if (Environment.GetEnvironmentVariable("VK_UPDATE_SNAPSHOTS") == "1")
        {
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"{path} is missing; run the tests once with VK_UPDATE_SNAPSHOTS=1");
        Assert.Equal(File.ReadAllText(path), actual);
    }

    private static string Root { get; } = typeof(RepositoryFiles).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!;
}
