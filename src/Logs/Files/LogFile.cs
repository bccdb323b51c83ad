using Microsoft.Win32.SafeHandles;

namespace VirtualKubelet.Logs.Files;

/// <summary>One log file held open for reading; a rename or removal does not disturb it.</summary>
internal sealed class LogFile : IDisposable
{
    private readonly SafeFileHandle _handle;

    private LogFile(SafeFileHandle handle)
    {
        _handle = handle;
        StatusAtOpen = FileStatus.Of(handle);
    }

    /// <summary>The file's status when it was opened.</summary>
    public FileStatus StatusAtOpen { get; }

    /// <summary>Bytes in the file now.</summary>
    public long Length => RandomAccess.GetLength(_handle);

    /// <summary>Opens what <paramref name="path"/> names now; throws <see cref="LogFileNotFoundException"/> when it names nothing.</summary>
    public static LogFile Open(string path)
    {
        SafeFileHandle? handle = null;
        try
        {
            // Sharing everything keeps .NET from taking an advisory lock, which costs a round trip on NFS.
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
            return new LogFile(handle);
        }
        catch (Exception e)
        {
            handle?.Dispose();
            if (e is FileNotFoundException or DirectoryNotFoundException)
            {
                throw new LogFileNotFoundException(path, e);
            }

            throw;
        }
    }

    /// <summary>Opens what <paramref name="path"/> names now, or nothing.</summary>
    public static LogFile? OpenIfPresent(string path)
    {
        try
        {
            return File.Exists(path) ? Open(path) : null;
        }
        catch (LogFileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Whether both are the same file under whatever names.</summary>
    public bool IsSameAs(LogFile other) => StatusAtOpen.IsSameFile(other.StatusAtOpen);

    /// <summary>Asks for the file's status now.</summary>
    public FileStatus GetStatus() => FileStatus.Of(_handle);

    /// <summary>Reads up to the buffer's size at <paramref name="offset"/>; 0 at the end of the file.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken) => RandomAccess.ReadAsync(_handle, buffer, offset, cancellationToken);

    /// <summary>Reads until the buffer is full or the file ends.</summary>
    public async ValueTask<int> ReadFullyAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken)
    {
        var filled = 0;
        while (filled < buffer.Length)
        {
            var read = await ReadAsync(buffer[filled..], offset + filled, cancellationToken);
            if (read == 0)
            {
                break;
            }

            filled += read;
        }

        return filled;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _handle.Dispose();
}
