using System.Text;
using VirtualKubelet.Shim.Processes;

namespace VirtualKubelet.Shim.Supervision;

/// <summary>Says in a pod's status why <c>exec</c> refused.</summary>
internal static class StartErrors
{
    // MAX_ARG_STRLEN of Linux: 32 pages of 4 KiB, the terminating NUL included.
    private const int LongestString = 131_072 - 1;

    /// <summary>The message.</summary>
    public static string Describe(SpawnException error, string program, IReadOnlyList<byte[]> arguments, IReadOnlyList<byte[]> environment) => error.Errno switch
    {
        LinuxConstants.ArgumentListTooLong => $"exec: \"{program}\": argument list too long: {TooLong(arguments, environment)}",
        LinuxConstants.ExecFormat => $"exec: \"{program}\": exec format error: neither a binary of this machine nor a script that starts with #!",
        LinuxConstants.NoSuchFile => $"exec: \"{program}\": no such file or directory",
        LinuxConstants.PermissionDenied => $"exec: \"{program}\": permission denied",
        _ => $"exec: \"{program}\": {error.Message}",
    };

    private static string TooLong(IReadOnlyList<byte[]> arguments, IReadOnlyList<byte[]> environment)
    {
        if (environment.FirstOrDefault(e => e.Length > LongestString) is { } variable)
        {
            var name = Encoding.UTF8.GetString(variable, 0, Math.Max(0, Array.IndexOf(variable, (byte)'=')));
            return $"the environment variable \"{name}\" with its value has {variable.Length} bytes, Linux takes {LongestString}";
        }

        var longest = arguments.Max(a => a.Length);
        return longest > LongestString
            ? $"an argument has {longest} bytes, Linux takes {LongestString}"
            : $"arguments and environment together have {arguments.Concat(environment).Sum(s => s.Length + 1L)} bytes, more than a quarter of the stack limit of the job";
    }
}
