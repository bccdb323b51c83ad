using System.Text.Json;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>
/// Follows one pod's <c>state.json</c>: a stat a look, a read only when the file is another one. A file that is older than
/// what was seen (NFS), damaged or of another pod changes nothing.
/// </summary>
internal sealed class ShimStateFile(PodDirectoryLayout layout, string uid)
{
    /// <summary>Bytes of the largest state believed; the pod's own processes could write the file.</summary>
    private const int MaxLength = 16 << 20;

    private readonly Lock _gate = new();
    private (DateTime WrittenAt, long Length) _seen;

    /// <summary>The latest state; null while the shim has not reported.</summary>
    public PodState? Current { get; private set; }

    /// <summary>Looks at the file and returns the latest state.</summary>
    public PodState? Refresh()
    {
        lock (_gate)
        {
            var file = new FileInfo(layout.StateFile);
            if (file.Exists && file.Length <= MaxLength && (file.LastWriteTimeUtc, file.Length) is var stamp && stamp != _seen && TryRead() is { } state)
            {
                _seen = stamp;
                if (IsMine(state) && state.Sequence > (Current?.Sequence ?? 0))
                {
                    Current = state;
                }
            }

            return Current;
        }
    }

    // Source-generated JSON leaves a list that is absent null, whatever the record's own default.
    private bool IsMine(PodState state) =>
        state.Version == PodState.CurrentVersion
        && state.Uid == uid
        && state is { InitContainers: not null, Containers: not null }
        && state.InitContainers.Concat(state.Containers).All(c => c is not null);

    private PodState? TryRead()
    {
        try
        {
            return AtomicFile.ReadJson(layout.StateFile, ShimJson.Files.PodState);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // A stale NFS handle or a cached half of a file: the next look tells.
            return null;
        }
    }
}
