using VirtualKubelet.Controllers.Validation;

namespace VirtualKubelet.Controllers.Workloads;

/// <summary>A volume that is made of files, as a pod describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DefaultMode">Permissions of files that ask for none.</param>
/// <param name="Sources">Where the files come from; of two files of one path the later counts.</param>
/// <param name="Path">Where the pod describes it.</param>
internal sealed record FileVolume(string Name, int DefaultMode, IReadOnlyList<FileSource> Sources, FieldPath Path);
