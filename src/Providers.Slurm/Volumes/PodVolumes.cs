using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers.Slurm.Jobs;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Volumes;

/// <summary>The volumes in the pod directories: made with a pod, refreshed while it runs.</summary>
internal sealed class PodVolumes(TimeProvider time)
{
    private const UnixFileMode Everybody = (UnixFileMode)0b111_111_111;

    private readonly VolumeWriter _writer = new(time);

    /// <summary>Makes those that containers mount.</summary>
    /// <exception cref="IOException">They cannot be written.</exception>
    public void Create(PodDirectoryLayout layout, Workload workload)
    {
        foreach (var volume in workload.Volumes)
        {
            var hasParts = workload.Pod.Spec.AllContainers.SelectMany(c => c.VolumeMounts ?? []).Any(m => m.Name == volume.Name && m.SubPath is { Length: > 0 });
            _writer.Write(layout.VolumeDirectory(volume.Name), volume.Files, keepsFirst: hasParts);
        }

        foreach (var volume in (workload.Pod.Spec.Volumes ?? []).Where(IsEmptyDirectory))
        {
            // As a kubelet's: open to every user in the container. The pod directory is its owner's alone.
            var directory = layout.VolumeDirectory(volume.Name!);
            Directory.CreateDirectory(directory);
            File.SetUnixFileMode(directory, Everybody);
        }
    }

    /// <summary>Replaces the files of volumes that the pod has, one refresh after the other. Giving it up leaves one that has begun to its end.</summary>
    /// <exception cref="ProviderException"><see cref="ProviderErrorKind.Invalid"/>: a file's path leads out of its volume; <see cref="ProviderErrorKind.Unavailable"/>: they cannot be written.</exception>
    public async Task RefreshAsync(JobEntry entry, IReadOnlyList<WorkloadVolume> volumes, CancellationToken cancellationToken)
    {
        if (VolumeRules.FileErrors(volumes).FirstOrDefault() is { } error)
        {
            throw new ProviderException(ProviderErrorKind.Invalid, error);
        }

        // Who gives up while he waits does not come later and bring back what is older.
        await entry.VolumesTurn.WaitAsync(cancellationToken);
        await Task.Run(() => RefreshInTurn(entry, volumes), CancellationToken.None).WaitAsync(cancellationToken);
    }

    /// <summary>Removes the volumes of a pod that has ended: nobody reads them any more, and secrets are among them. False when a refresh is still at it.</summary>
    /// <exception cref="IOException">They cannot be removed.</exception>
    public static bool TryRemove(JobEntry entry)
    {
        if (!entry.VolumesTurn.Wait(TimeSpan.Zero))
        {
            return false;
        }

        try
        {
            PodDirectories.Delete(entry.Layout.VolumesDirectory);
            return true;
        }
        finally
        {
            entry.VolumesTurn.Release();
        }
    }

    /// <summary>Whether a volume is a directory of the pod's own.</summary>
    public static bool IsEmptyDirectory(Volume volume) => volume.Source?.ContainsKey("emptyDir") ?? false;

    private void RefreshInTurn(JobEntry entry, IReadOnlyList<WorkloadVolume> volumes)
    {
        try
        {
            foreach (var volume in volumes.Where(_ => !entry.IsFinal))
            {
                Refresh(entry.Layout.VolumeDirectory(volume.Name), volume.Files);
            }
        }
        finally
        {
            entry.VolumesTurn.Release();
        }
    }

    private void Refresh(string directory, IReadOnlyList<VolumeFile> files)
    {
        try
        {
            if (Directory.Exists(directory))
            {
                _writer.Write(directory, files);
            }
        }
        catch (DirectoryNotFoundException)
        {
            // The pod's directory was removed meanwhile: nobody reads it any more.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProviderException(ProviderErrorKind.Unavailable, $"cannot write the volume {directory}: {e.Message}", e);
        }
    }
}
