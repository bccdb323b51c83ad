using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace VirtualKubelet.Kubelet.Server.Authentication;

/// <summary>Makes bearer tokens.</summary>
public static class TokenFile
{
    private const int TokenBytes = 32;

    /// <summary>
    /// Makes sure that there is a token: writes 32 random bytes in base64url to a new file that only its owner can read. A file that
    /// exists is left alone, and of several processes that start at once one wins.
    /// </summary>
    /// <returns>Whether a token was made.</returns>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public static bool EnsureExists(string path)
    {
        if (File.Exists(path))
        {
            return false;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            Write(temporary, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes)) + "\n");
            File.Move(temporary, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static void Write(string path, string content)
    {
        using var stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        stream.Write(Encoding.ASCII.GetBytes(content));
    }
}
