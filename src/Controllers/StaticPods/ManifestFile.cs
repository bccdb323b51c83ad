using System.Security.Cryptography;
using VirtualKubelet.Controllers.Validation;

namespace VirtualKubelet.Controllers.StaticPods;

/// <summary>
/// One manifest file over time. New bytes count once they have stood still, for an editor or <c>cp</c> at work shows half a file, and half a file
/// can be valid and mean something else.
/// </summary>
internal sealed class ManifestFile(string path, ManifestReader reader, TimeSpan settleTime, TimeProvider time)
{
    // A file written twice within the file system's clock tick keeps its signature; only an older one can be trusted.
    private static readonly TimeSpan TrustedAge = TimeSpan.FromSeconds(2);

    private FileSignature? _signature;
    private byte[]? _hash;
    private byte[]? _settlingHash;
    private bool _wasMissing;

    /// <summary>The file's full path.</summary>
    public string FilePath => path;

    /// <summary>What is in force.</summary>
    public ManifestContent Content { get; private set; } = ManifestContent.Empty;

    /// <summary>Whether what is in force is what is on disk.</summary>
    public bool IsSettled { get; private set; }

    /// <summary>Looks at the file and reads it if it may have changed.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        _wasMissing = false;
        try
        {
            var signature = FileSignature.Of(path);
            if (IsSettled && signature == _signature)
            {
                return;
            }

            var bytes = await ReadAsync(signature, cancellationToken);
            Consider(bytes, Age(signature));
            _signature = Age(signature) >= TrustedAge ? signature : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Nothing is known of it, so nothing changes but that this is said.
            _hash = _settlingHash = null;
            _signature = null;
            IsSettled = true;
            Replace(ManifestContent.Unreadable($"{Shown.Plain(Path.GetFileName(path))}: cannot be read: {Shown.Plain(exception.Message)}"));
        }
    }

    /// <summary>Notes that the file is not there; true when it was not there the last time either, so that it is gone and not being replaced.</summary>
    public bool Miss()
    {
        IsSettled = false;
        (var before, _wasMissing) = (_wasMissing, true);
        return before;
    }

    private void Consider(byte[] bytes, TimeSpan age)
    {
        var hash = SHA256.HashData(bytes);
        if (_hash is not null && hash.AsSpan().SequenceEqual(_hash))
        {
            _settlingHash = null;
            IsSettled = true;
            return;
        }

        IsSettled = age >= settleTime || (_settlingHash is not null && hash.AsSpan().SequenceEqual(_settlingHash));
        _settlingHash = IsSettled ? null : hash;
        if (IsSettled)
        {
            _hash = hash;
            Replace(reader.Read(path, bytes));
        }
    }

    private void Replace(ManifestContent content) => Content = content.After(Content);

    private TimeSpan Age(FileSignature signature) => time.GetUtcNow().UtcDateTime - signature.WrittenAt;

    private static async Task<byte[]> ReadAsync(FileSignature signature, CancellationToken cancellationToken)
    {
        // Pipes, devices and sockets have no length; opening one could wait for ever.
        if (signature.Length == 0)
        {
            return [];
        }

        await using var stream = new FileStream(signature.Target, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, useAsync: true);
        var buffer = new byte[Math.Min(signature.Length, ManifestLimits.FileBytes) + 1];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return buffer[..length];
    }
}
