namespace VirtualKubelet.Providers.Slurm.Backends;

/// <summary>
/// How a job says whose it is. The name carries the UID because accounting keeps names but, by default, no comments;
/// the comment also carries the virtual node, so that two agents of one user never touch each other's jobs.
/// </summary>
internal static class JobIdentity
{
    private const string CommentPrefix = "virtual-kubelet/";

    /// <summary><c>name.namespace.uid</c>: the name first, because squeue shows eight characters.</summary>
    public static string Name(WorkloadId workload) => $"{workload.Name}.{workload.Namespace}.{workload.Uid}";

    /// <summary><c>virtual-kubelet/node/uid</c>.</summary>
    public static string Comment(string node, string uid) => $"{CommentPrefix}{node}/{uid}";

    /// <summary>The UID in a comment of this node's jobs; null for any other comment.</summary>
    public static string? UidOfComment(string node, ReadOnlySpan<char> comment)
    {
        var mine = Comment(node, "");
        return comment.StartsWith(mine, StringComparison.Ordinal) ? comment[mine.Length..].ToString() : null;
    }

    /// <summary>The UID in a job name; null when there is none.</summary>
    public static string? UidOfName(ReadOnlySpan<char> name)
    {
        var dot = name.LastIndexOf('.');
        return dot < 0 ? null : name[(dot + 1)..].ToString();
    }
}
