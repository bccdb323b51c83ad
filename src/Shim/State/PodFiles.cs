using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace VirtualKubelet.Shim.State;

/// <summary>Reads the JSON files of a pod directory with a bound on their size.</summary>
internal static class PodFiles
{
    /// <summary>More than any API server accepts for a pod.</summary>
    public const long MaxBytes = 32 * 1024 * 1024;

    /// <summary>Reads a file; null when there is none.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="JsonException">It is too large or not what <typeparamref name="T"/> needs.</exception>
    public static T? Read<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return stream.Length <= MaxBytes
                ? JsonSerializer.Deserialize(stream, type)
                : throw new JsonException($"{stream.Length} bytes are more than {MaxBytes}");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
