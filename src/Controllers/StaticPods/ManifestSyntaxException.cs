namespace VirtualKubelet.Controllers.StaticPods;

/// <summary>A manifest cannot be read to its end, so that nobody knows what it says.</summary>
internal sealed class ManifestSyntaxException(int? line, string message) : Exception(message)
{
    /// <summary>The line, from 1; null when unknown.</summary>
    public int? Line { get; } = line;
}
