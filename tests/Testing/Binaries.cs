namespace VirtualKubelet.Testing;

/// <summary>The programs as they ship: as <c>make build</c> leaves them, or as <c>VK_SLURM</c> and <c>VK_SLURM_SHIM</c> name them.</summary>
public static class Binaries
{
    public static string Agent => Find("vk-slurm", "VK_SLURM");

    public static string Shim => Find("vk-slurm-shim", "VK_SLURM_SHIM");

    private static string Find(string name, string variable)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given)
        {
            return File.Exists(given) ? given : throw new InvalidOperationException($"{variable}={given}: there is no such file");
        }

        var built = Repository.PathOf($"artifacts/bin/{name}");
        return File.Exists(built) ? built : throw new InvalidOperationException($"{built} is not there: run `make build` first, or name one in {variable}");
    }
}
