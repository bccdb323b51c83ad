namespace VirtualKubelet.Logs.Files;

/// <summary>Finds the files a log went through while nobody looked: many rotations can happen between two polls, and during this search.</summary>
internal static class RotatedFiles
{
    private const int MaxAttempts = 5;

    /// <summary>
    /// Opens what came after <paramref name="current"/>, oldest first: the rotated siblings of <paramref name="path"/> written since, then the file it names, if any. Empty while it names
    /// the current one. Siblings are ordered by last change, then by name; compressed and temporary ones cannot be read any more.
    /// </summary>
    public static IReadOnlyList<LogFile> OpenSuccessors(string path, LogFile current)
    {
        for (var attempt = 1; ; attempt++)
        {
            // Opening the name, rather than asking for its status, makes NFS ask the server.
            var named = LogFile.OpenIfPresent(path);
            if (named is not null && named.IsSameAs(current))
            {
                named.Dispose();
                return [];
            }

            var siblings = OpenSiblings(path);
            if (attempt == MaxAttempts || IsConsistent(path, siblings, current, named))
            {
                return Select(siblings, current, named);
            }

            named?.Dispose();
            siblings.ForEach(s => s.File.Dispose());
        }
    }

    /// <summary>A rotation during the listing can hide a file from it: the current one must be there while it exists, the named one where it was or there.</summary>
    private static bool IsConsistent(string path, List<(string Name, LogFile File)> siblings, LogFile current, LogFile? named)
    {
        if (IndexOf(siblings, current) < 0 && current.GetStatus().IsLinked)
        {
            return false;
        }

        using var namedNow = LogFile.OpenIfPresent(path);
        return named is null ? namedNow is null : IndexOf(siblings, named) >= 0 || (namedNow is not null && namedNow.IsSameAs(named));
    }

    private static List<LogFile> Select(List<(string Name, LogFile File)> siblings, LogFile current, LogFile? named)
    {
        var start = IndexOf(siblings, current) + 1;
        if (start == 0)
        {
            var lastChange = current.GetStatus().ModifiedNanoseconds;
            start = siblings.FindIndex(s => s.File.StatusAtOpen.ModifiedNanoseconds > lastChange);
            start = start < 0 ? siblings.Count : start;
        }

        var end = named is null ? -1 : IndexOf(siblings, named);
        end = end < 0 ? siblings.Count : end;
        var successors = new List<LogFile>();
        for (var i = 0; i < siblings.Count; i++)
        {
            if (i >= start && i < end)
            {
                successors.Add(siblings[i].File);
            }
            else
            {
                siblings[i].File.Dispose();
            }
        }

        if (named is not null)
        {
            successors.Add(named);
        }

        return successors;
    }

    private static int IndexOf(List<(string Name, LogFile File)> siblings, LogFile file) => siblings.FindIndex(s => s.File.IsSameAs(file));

    private static List<(string Name, LogFile File)> OpenSiblings(string path)
    {
        var siblings = new List<(string Name, LogFile File)>();
        foreach (var name in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + ".*"))
        {
            if (!name.EndsWith(".gz", StringComparison.Ordinal) && !name.EndsWith(".tmp", StringComparison.Ordinal) && LogFile.OpenIfPresent(name) is { } file)
            {
                siblings.Add((name, file));
            }
        }

        siblings.Sort(Compare);
        return siblings;
    }

    private static int Compare((string Name, LogFile File) a, (string Name, LogFile File) b)
    {
        var byChange = a.File.StatusAtOpen.ModifiedNanoseconds.CompareTo(b.File.StatusAtOpen.ModifiedNanoseconds);
        return byChange != 0 ? byChange : string.CompareOrdinal(a.Name, b.Name);
    }
}
