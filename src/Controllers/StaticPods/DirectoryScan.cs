namespace VirtualKubelet.Controllers.StaticPods;

/// <summary>What one look at the directory found.</summary>
/// <param name="Files">The files, in ordinal order of their names.</param>
/// <param name="IsComplete">Every file was read to its end and settled, and it is known of each document which pod it means:
/// only then may it be said that something is not declared.</param>
/// <param name="IsSettled">False when a file is changing, so that another look is due soon.</param>
internal sealed record DirectoryScan(IReadOnlyList<ManifestFile> Files, bool IsComplete, bool IsSettled);
