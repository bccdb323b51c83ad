using System.Text;

namespace VirtualKubelet.Shim.Processes;

/// <summary>Finds a program as <c>execvp</c> would in the container's environment and working directory.</summary>
internal static unsafe class ExecutableLookup
{
    private static ReadOnlySpan<byte> DefaultPath => "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"u8;

    /// <summary>The path to execute, or null when no directory of <c>PATH</c> holds an executable of that name. A name with a slash is its own path.</summary>
    public static byte[]? Find(byte[] name, IReadOnlyList<byte[]> environment, byte[]? workingDirectory)
    {
        if (name.Contains((byte)'/'))
        {
            return name;
        }

        ReadOnlySpan<byte> path = JobEnvironment.Find(environment, "PATH"u8) ?? DefaultPath;
        foreach (var range in path.Split((byte)':'))
        {
            // An empty entry is the working directory.
            var candidate = Join(path[range].IsEmpty ? "."u8 : path[range], name);
            if (name.Length > 0 && IsExecutableFile(Join(workingDirectory, candidate)))
            {
                return candidate;
            }
        }

        return null;
    }

    private static byte[] Join(ReadOnlySpan<byte> directory, byte[] path) =>
        directory.IsEmpty || path.AsSpan().StartsWith("/"u8) ? path : [.. directory, (byte)'/', .. path];

    private static bool IsExecutableFile(byte[] path)
    {
        using var native = new NativeStrings([path]);
        return Libc.Access(native.First, LinuxConstants.AccessExecute) == 0 && !Directory.Exists(Encoding.UTF8.GetString(path));
    }
}
