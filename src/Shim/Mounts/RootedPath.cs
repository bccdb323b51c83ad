namespace VirtualKubelet.Shim.Mounts;

/// <summary>Where a path leads to for a process whose root is a given directory.</summary>
/// <param name="Existing">The deepest part that exists, as the machine sees it, free of symbolic links below the root.</param>
/// <param name="Missing">The parts that do not exist.</param>
internal sealed record RootedPath(string Existing, IReadOnlyList<string> Missing)
{
    // As many as Linux follows.
    private const int MaxLinks = 40;

    /// <summary>The whole path, as the machine sees it.</summary>
    public string Full => Missing.Count == 0 ? Existing : Path.Join(Existing, string.Join('/', Missing));

    /// <summary>Follows a path from a root, which symbolic links and <c>..</c> do not leave.</summary>
    /// <exception cref="IOException">There are too many symbolic links, or a directory cannot be read.</exception>
    public static RootedPath Resolve(string root, string path)
    {
        var existing = new List<string>();
        var pending = Parts(path);
        var links = 0;
        while (pending.Count > 0)
        {
            var part = pending[^1];
            pending.RemoveAt(pending.Count - 1);
            if (part == "..")
            {
                existing.RemoveRange(Math.Max(0, existing.Count - 1), Math.Min(1, existing.Count));
            }
            else if (LinkTarget(Join(root, [.. existing, part])) is { } target)
            {
                Follow(target, existing, pending, ref links, path);
            }
            else if (Path.Exists(Join(root, [.. existing, part])))
            {
                existing.Add(part);
            }
            else
            {
                pending.Add(part);
                pending.Reverse();

                // Where nothing is, ".." leads nowhere; but whoever makes the missing parts by their names would leave the root by it.
                return pending.Contains("..") ? throw new IOException($"{path}: no such file or directory") : new(Join(root, existing), pending);
            }
        }

        return new(Join(root, existing), []);
    }

    private static void Follow(string target, List<string> existing, List<string> pending, ref int links, string path)
    {
        if (++links > MaxLinks)
        {
            throw new IOException($"{path}: too many levels of symbolic links");
        }

        if (target.StartsWith('/'))
        {
            existing.Clear();
        }

        pending.AddRange(Parts(target));
    }

    /// <summary>The parts in reverse: the next one is the last.</summary>
    private static List<string> Parts(string path) => [.. path.Split('/').Where(p => p.Length > 0 && p != ".").Reverse()];

    private static string? LinkTarget(string path) => new FileInfo(path).LinkTarget;

    private static string Join(string root, List<string> parts) => parts.Count == 0 ? root : Path.Join(root, string.Join('/', parts));
}
