namespace VirtualKubelet.Providers.Slurm.Checks;

/// <summary>A small file with content nobody can guess, gone when disposed.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public TemporaryFile(string directory)
    {
        Path = System.IO.Path.Combine(directory, $".check-{Guid.NewGuid():N}");
        File.WriteAllText(Path, Content);
    }

    public string Path { get; }

    public string Content { get; } = Guid.NewGuid().ToString("N");

    public void Dispose() => File.Delete(Path);
}
