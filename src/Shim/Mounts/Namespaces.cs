using System.Text;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Runtimes;

namespace VirtualKubelet.Shim.Mounts;

/// <summary>
/// How a process gets a mount namespace of its own: util-linux's <c>unshare</c> starts the shim in one, which mounts and becomes the process
/// (<see cref="EnterRun"/>). The shim cannot do it by itself, because a process with several threads may not enter a user namespace, and .NET always has several.
/// </summary>
internal static class Namespaces
{
    // --keep-caps came with util-linux 2.35 (2020).
    private const string Unshare = "/usr/bin/unshare";

    /// <summary>A command line that runs another one where a container's volumes are mounted.</summary>
    /// <param name="podDirectory">The pod directory.</param>
    /// <param name="container">The container.</param>
    /// <param name="directory">Where the command starts, in the container; empty leaves it where it is.</param>
    /// <param name="command">Program and arguments.</param>
    /// <exception cref="ContainerStartException">This machine has no <c>unshare</c>.</exception>
    public static IReadOnlyList<string> CommandLine(string podDirectory, string container, string directory, IReadOnlyList<string> command) =>
    [
        File.Exists(Unshare) ? Unshare : throw new ContainerStartException($"volumes need util-linux's {Unshare}, which this machine does not have"),

        // Mounts that come later, such as automounted home directories, appear in the container as well.
        "--mount", "--propagation", "slave",
        .. IsRoot ? Array.Empty<string>() : ["--user", "--map-current-user", "--keep-caps"],
        "--", Environment.ProcessPath!, "enter", podDirectory, container, directory, "--",
        .. command,
    ];

    /// <summary>Whether mounting needs no user namespace.</summary>
    public static bool IsRoot => Libc.GetUser() == 0;

    /// <summary>Why there may be no namespace to be had, for a pod's status.</summary>
    public static string Refusal(int exitCode)
    {
        var words = new StringBuilder("volumes need a mount namespace of the container's own, and unshare (util-linux 2.35 or newer) could not make one on this machine");
        return (Setting("/proc/sys/user/max_user_namespaces"), Setting("/proc/sys/kernel/unprivileged_userns_clone"), Setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")) switch
        {
            ("0", _, _) => words.Append(": user namespaces are off (sysctl user.max_user_namespaces is 0)"),
            (_, "0", _) => words.Append(": user namespaces are for root only (sysctl kernel.unprivileged_userns_clone is 0)"),
            (_, _, "1") => words.Append(": AppArmor restricts user namespaces (sysctl kernel.apparmor_restrict_unprivileged_userns is 1)"),
            _ => words.Append(System.Globalization.CultureInfo.InvariantCulture, $" (it exited with {exitCode})"),
        } is var told ? told.ToString() : "";
    }

    private static string? Setting(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
