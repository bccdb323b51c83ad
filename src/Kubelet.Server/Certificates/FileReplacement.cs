using System.Text;

namespace VirtualKubelet.Kubelet.Server.Certificates;

/// <summary>Puts a new file in the place of an old one; a crash leaves the one or the other.</summary>
internal static class FileReplacement
{
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public static void Write(string path, string content, UnixFileMode mode)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = mode,
            }))
            {
                stream.Write(Encoding.ASCII.GetBytes(content));
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
