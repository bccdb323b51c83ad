using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace VirtualKubelet.Shim.Protocol;

/// <summary>
/// Replaces a file as a whole: temporary file beside it, fsync, rename. A reader sees the old content or the new one,
/// and after a crash at any instruction one of the two is on disk.
/// </summary>
public static class AtomicFile
{
    /// <summary>Owner may read and write, nobody else anything: pod files hold secrets.</summary>
    public const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes <paramref name="value"/> as JSON.</summary>
    /// <exception cref="IOException">The directory cannot be written; the old file is untouched.</exception>
    public static void WriteJson<T>(string path, T value, JsonTypeInfo<T> type) =>
        Write(path, JsonSerializer.SerializeToUtf8Bytes(value, type), PrivateFile);

    /// <summary>Writes <paramref name="content"/>.</summary>
    /// <exception cref="IOException">The directory cannot be written; the old file is untouched.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        // One name per writing process: the agent and the shim may sit on different machines over one file system.
        var temporary = $"{path}.{Environment.MachineName}.{Environment.ProcessId}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = mode,
                BufferSize = 0,
            }))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Reads a JSON file; null when there is none.</summary>
    /// <exception cref="JsonException">The content is not what <typeparamref name="T"/> needs.</exception>
    public static T? ReadJson<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), type);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
