namespace VirtualKubelet.Providers.Slurm.Tests.Support;

/// <summary>The published shim.</summary>
internal static class ShimBinary
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("VK_SLURM_SHIM") is { Length: > 0 } given)
        {
            return File.Exists(given) ? given : throw new InvalidOperationException($"VK_SLURM_SHIM={given}: there is no such file");
        }

        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var candidate = System.IO.Path.Combine(directory.FullName, "artifacts", "bin", "vk-slurm-shim");
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new InvalidOperationException("artifacts/bin/vk-slurm-shim is not there: run `make build` first, or name one in VK_SLURM_SHIM");
    }
}
