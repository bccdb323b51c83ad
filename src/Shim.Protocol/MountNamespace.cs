namespace VirtualKubelet.Shim.Protocol;

/// <summary>How a program is started in a mount namespace of its own: by util-linux's <c>unshare</c>.</summary>
public static class MountNamespace
{
    /// <summary>The program; of util-linux 2.35 (2020) or newer, which brought <c>--keep-caps</c>.</summary>
    public const string Unshare = "/usr/bin/unshare";

    /// <summary>The words before the program and its arguments.</summary>
    /// <param name="isRoot">Whether mounting needs no user namespace.</param>
    public static IReadOnlyList<string> Command(bool isRoot) =>
    [
        // Mounts that come later, such as automounted home directories, appear in it as well.
        Unshare, "--mount", "--propagation", "slave",
        .. isRoot ? Array.Empty<string>() : ["--user", "--map-current-user", "--keep-caps"],
        "--",
    ];
}
