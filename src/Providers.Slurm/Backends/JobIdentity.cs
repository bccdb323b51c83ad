namespace VirtualKubelet.Providers.Slurm.Backends;

/// <summary>
/// How a job says whose it is. The name carries the UID because accounting keeps names but, by default, no comments;
/// the comment also carries the virtual node and its cluster, so that two agents of one user never touch each other's jobs.
/// </summary>
internal static class JobIdentity
{
    private const string CommentPrefix = "virtual-kubelet/";

    /// <summary><c>name.namespace.uid</c>: the name first, because squeue shows eight characters.</summary>
    public static string Name(WorkloadId workload) => $"{workload.Name}.{workload.Namespace}.{workload.Uid}";

    /// <summary>Whose jobs they are: <c>node</c> or <c>node@cluster</c>; neither name can hold an <c>@</c>.</summary>
    public static string Owner(SlurmProviderOptions options) => options.ClusterId is { } cluster ? $"{options.NodeName}@{cluster}" : options.NodeName;

    /// <summary><c>virtual-kubelet/owner/uid</c>.</summary>
    public static string Comment(string owner, string uid) => $"{CommentPrefix}{owner}/{uid}";

    /// <summary>The UID in a comment of this owner's jobs; null for any other comment.</summary>
    public static string? UidOfComment(string owner, ReadOnlySpan<char> comment)
    {
        var mine = Comment(owner, "");
        return comment.StartsWith(mine, StringComparison.Ordinal) ? comment[mine.Length..].ToString() : null;
    }

    /// <summary>The UID in a job name; null when there is none.</summary>
    public static string? UidOfName(ReadOnlySpan<char> name)
    {
        var dot = name.LastIndexOf('.');
        return dot < 0 ? null : name[(dot + 1)..].ToString();
    }
}
