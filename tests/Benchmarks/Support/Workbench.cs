namespace VirtualKubelet.Benchmarks.Support;

/// <summary>What the rows share: the options, a directory, and a private Slurm for those that need one.</summary>
internal sealed class Workbench(BenchmarkOptions options) : IAsyncDisposable
{
    private readonly string _root = System.IO.Directory.CreateTempSubdirectory("vk-bench-").FullName;
    private SlurmCluster? _slurm;
    private int _directories;

    /// <summary>How large the measurements are.</summary>
    public BenchmarkOptions Options => options;

    /// <summary>A new directory, gone when the run ends.</summary>
    public string NewDirectory() => System.IO.Directory.CreateDirectory(Path.Combine(_root, $"{++_directories}")).FullName;

    /// <summary>The private Slurm, started at the first need, without a job.</summary>
    public async Task<SlurmCluster> SlurmAsync(CancellationToken cancellationToken)
    {
        _slurm ??= await SlurmCluster.StartAsync(Path.Combine(_root, "slurm"), cancellationToken);
        await _slurm.CancelAllAsync(cancellationToken);
        return _slurm;
    }

    public async ValueTask DisposeAsync()
    {
        if (_slurm is not null)
        {
            await _slurm.DisposeAsync();
        }

        System.IO.Directory.Delete(_root, recursive: true);
    }
}
