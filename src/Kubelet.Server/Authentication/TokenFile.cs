using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace VirtualKubelet.Kubelet.Server.Authentication;

/// <summary>Makes bearer tokens.</summary>
public static partial class TokenFile
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
            return Publish(temporary, path);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    // A link fails where the name is taken. File.Move looks for the name first and then renames: the last of several would win, while
    // the others go on with a token that is gone.
    private static bool Publish(string temporary, string path)
    {
        if (Link(temporary, path) == 0)
        {
            return true;
        }

        var reason = Marshal.GetLastPInvokeErrorMessage();
        return File.Exists(path) ? false : throw new IOException($"cannot make the token file {path}: {reason}");
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string name);

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
