using VirtualKubelet.Benchmarks.Results;

namespace VirtualKubelet.Benchmarks.Support;

/// <summary>Where the things are that are measured.</summary>
internal static class Repository
{
    private static readonly string? Root = Find(Environment.CurrentDirectory) ?? Find(AppContext.BaseDirectory);

    /// <summary>The agent: <c>VK_SLURM</c>, or what <c>make build</c> made.</summary>
    public static string Agent => Binary("VK_SLURM", "vk-slurm");

    /// <summary>The shim: <c>VK_SLURM_SHIM</c>, or what <c>make build</c> made.</summary>
    public static string Shim => Binary("VK_SLURM_SHIM", "vk-slurm-shim");

    /// <summary>A file of the repository.</summary>
    public static string File(string path) => Root is null
        ? throw new BenchmarkException("this is no checkout of the repository; run it from one")
        : Path.Combine(Root, path);

    private static string Binary(string variable, string name)
    {
        var path = Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given ? given : File($"artifacts/bin/{name}");
        return System.IO.File.Exists(path) ? path : throw new BenchmarkException($"{path} is not there: run `make build` first, or name one in {variable}");
    }

    private static string? Find(string from)
    {
        for (var directory = new DirectoryInfo(from); directory is not null; directory = directory.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(directory.FullName, "VirtualKubelet.Slurm.sln")))
            {
                return directory.FullName;
            }
        }

        return null;
    }
}
