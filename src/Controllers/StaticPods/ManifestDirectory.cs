using Microsoft.Extensions.Logging;

namespace VirtualKubelet.Controllers.StaticPods;

/// <summary>
/// The directory of manifests over time. It is polled: change notifications do not reach across NFS, and a few stats a second cost nothing.
/// A directory that cannot be read changes nothing.
/// </summary>
internal sealed partial class ManifestDirectory(StaticPodOptions options, ManifestReader reader, TimeProvider time, ILogger logger)
{
    private readonly string _directory = Path.GetFullPath(options.Directory);
    private readonly SortedDictionary<string, ManifestFile> _files = new(StringComparer.Ordinal);
    private string? _lastError;

    /// <summary>Looks at the directory.</summary>
    public async Task<DirectoryScan> ScanAsync(CancellationToken cancellationToken)
    {
        if (List() is not { } names)
        {
            return new DirectoryScan([.. _files.Values], IsComplete: false, IsSettled: true);
        }

        DropMissing(names);
        foreach (var name in names)
        {
            if (!_files.TryGetValue(name, out var file))
            {
                _files[name] = file = new ManifestFile(Path.Combine(_directory, name), reader, options.SettleTime, time);
            }

            await file.RefreshAsync(cancellationToken);
        }

        var isSettled = _files.Values.All(f => f.IsSettled);
        return new DirectoryScan([.. _files.Values], isSettled && _files.Values.All(f => f.Content.NamesEveryPod), isSettled);
    }

    private HashSet<string>? List()
    {
        try
        {
            var names = Directory.EnumerateFiles(_directory).Select(path => Path.GetFileName(path)).Where(IsManifest).ToHashSet(StringComparer.Ordinal);
            Report(null);
            return names;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Report(exception.Message);
            return null;
        }
    }

    private static bool IsManifest(string name) =>
        !name.StartsWith('.') && Path.GetExtension(name) is ".yaml" or ".yml" or ".json";

    private void DropMissing(HashSet<string> names)
    {
        var gone = _files.Where(f => !names.Contains(f.Key) && f.Value.Miss()).Select(f => f.Key).ToList();
        gone.ForEach(name => _files.Remove(name));
    }

    private void Report(string? error)
    {
        if (error is not null && error != _lastError)
        {
            DirectoryUnreadable(_directory, error);
        }
        else if (error is null && _lastError is not null)
        {
            DirectoryReadableAgain(_directory);
        }

        _lastError = error;
    }

    [LoggerMessage(10, LogLevel.Warning, "Manifest directory {Directory} cannot be read: {Error}. Pods stay as they are until it can")]
    private partial void DirectoryUnreadable(string directory, string error);

    [LoggerMessage(11, LogLevel.Information, "Manifest directory {Directory} can be read again")]
    private partial void DirectoryReadableAgain(string directory);
}
