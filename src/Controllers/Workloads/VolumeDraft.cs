using VirtualKubelet.Controllers.Validation;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Controllers.Workloads;

/// <summary>What comes together of one volume: its files, and what stands in their way.</summary>
internal sealed class VolumeDraft
{
    private readonly SortedDictionary<string, VolumeFile> _files = new(StringComparer.Ordinal);

    /// <summary>The files, by path.</summary>
    public IReadOnlyList<VolumeFile> Files => [.. _files.Values];

    /// <summary>What cannot be made, ever.</summary>
    public List<FieldError> Errors { get; } = [];

    /// <summary>What is not there, or cannot be read.</summary>
    public List<string> Missing { get; } = [];

    /// <summary>Something is not known yet.</summary>
    public bool HasUnknown { get; set; }

    /// <summary>Whether the volume has all its files.</summary>
    public bool IsComplete => Errors.Count == 0 && Missing.Count == 0 && !HasUnknown;

    /// <summary>Bytes of all files.</summary>
    public long Size => _files.Values.Sum(f => (long)f.Content.Length);

    /// <summary>A path that is a file as well as a directory of another one; null when there is none.</summary>
    public string? Conflict => _files.Keys.SelectMany(Directories).FirstOrDefault(_files.ContainsKey);

    /// <summary>Adds a file; it takes the place of one that was there.</summary>
    public void Add(string path, ReadOnlyMemory<byte> content, int mode) => _files[FileVolumeRules.CleanPath(path)] = new VolumeFile(FileVolumeRules.CleanPath(path), content, (UnixFileMode)mode);

    private static IEnumerable<string> Directories(string path)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            yield return path[..slash];
        }
    }
}
