using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol;
using VirtualKubelet.Shim.Runtimes;

namespace VirtualKubelet.Shim.Mounts;

/// <summary>
/// How a process gets a mount namespace of its own: util-linux's <c>unshare</c> starts the shim in one, which mounts and becomes the process
/// (<see cref="EnterRun"/>). The shim cannot do it by itself, because a process with several threads may not enter a user namespace, and .NET always has several.
/// </summary>
internal static class Namespaces
{
    /// <summary>Whether mounting needs no user namespace.</summary>
    public static bool IsRoot => Libc.GetUser() == 0;

    /// <summary>A command line that runs another one where a container's volumes are mounted.</summary>
    /// <param name="podDirectory">The pod directory.</param>
    /// <param name="container">The container.</param>
    /// <param name="directory">Where the command starts, in the container; empty leaves it where it is.</param>
    /// <param name="command">Program and arguments.</param>
    /// <exception cref="ContainerStartException">This machine has no <c>unshare</c>.</exception>
    public static IReadOnlyList<string> CommandLine(string podDirectory, string container, string directory, IReadOnlyList<string> command) =>
        File.Exists(MountNamespace.Unshare)
            ? [.. MountNamespace.Command(IsRoot), Environment.ProcessPath!, "enter", podDirectory, container, directory, "--", .. command]
            : throw new ContainerStartException($"volumes need util-linux's {MountNamespace.Unshare}, which this machine does not have");

    /// <summary>Why there may be no namespace to be had, for a pod's status.</summary>
    public static string Refusal(int exitCode) =>
        "volumes need a mount namespace of the container's own, and unshare (util-linux 2.35 or newer) could not make one on this machine" + Reason(exitCode);

    private static string Reason(int exitCode) =>
        Is("/proc/sys/user/max_user_namespaces", "0") ? ": user namespaces are off (sysctl user.max_user_namespaces is 0)"
        : Is("/proc/sys/kernel/unprivileged_userns_clone", "0") ? ": user namespaces are for root only (sysctl kernel.unprivileged_userns_clone is 0)"
        : Is("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1")
            ? ": AppArmor restricts user namespaces (sysctl kernel.apparmor_restrict_unprivileged_userns is 1)"
        : $" (it exited with {exitCode})";

    private static bool Is(string setting, string value)
    {
        try
        {
            return File.ReadAllText(setting).Trim() == value;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not every kernel has each of them.
            return false;
        }
    }
}
