namespace VirtualKubelet.Configuration;

/// <summary>A taint of the node; key and effect together are unique on a node.</summary>
public sealed record NodeTaint
{
    /// <summary>A qualified name, such as <c>virtual-kubelet.io/provider</c>.</summary>
    public required string Key { get; init; }

    /// <summary>A label value; may be empty.</summary>
    public string Value { get; init; } = "";

    /// <summary>What happens to pods that do not tolerate the taint.</summary>
    public required TaintEffect Effect { get; init; }
}
