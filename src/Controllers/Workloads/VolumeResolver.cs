using System.Text;
using VirtualKubelet.Controllers.Validation;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Controllers.Workloads;

/// <summary>
/// The files of a pod's volumes, as a kubelet's volume plugins make them (<c>MakePayload</c>, <c>CollectData</c>). Volumes of other kinds are left to the
/// provider.
/// </summary>
internal sealed class VolumeResolver(Pod pod, WorkloadContext context, ResolutionNotes notes)
{
    /// <summary>What one volume may hold: sixteen of the largest objects there are.</summary>
    public const int MaxVolumeBytes = 16 << 20;

    /// <summary>What all volumes of a pod may hold; they are in memory while they are given to the provider.</summary>
    public const int MaxPodBytes = 64 << 20;

    private long _bytes;

    /// <summary>The volumes that can be made now; what stands in the way of the others has been noted.</summary>
    public IReadOnlyList<WorkloadVolume> Resolve() => [.. FileVolumes.Of(pod).Select(Resolve).OfType<WorkloadVolume>()];

    private WorkloadVolume? Resolve(FileVolume volume)
    {
        var draft = new VolumeDraft();
        foreach (var source in volume.Sources)
        {
            Add(source, volume, draft);
        }

        Check(volume, draft);
        Note(volume, draft);
        return draft.IsComplete ? new WorkloadVolume(volume.Name, draft.Files) : null;
    }

    private void Add(FileSource source, FileVolume volume, VolumeDraft draft)
    {
        switch (source)
        {
            case FileSource.FromObject from:
                AddObject(from, volume, draft);
                break;
            case FileSource.FromPod from:
                AddFields(from, volume, draft);
                break;
            default:
                draft.Errors.Add(new FieldError(source.Path.Text, "is not a source of files that this node knows; leave it out"));
                break;
        }
    }

    private void AddObject(FileSource.FromObject source, FileVolume volume, VolumeDraft draft)
    {
        if (Find(source, draft) is not { } found)
        {
            return;
        }

        if (source.Items.Count == 0)
        {
            AddAll(source, found, volume, draft);
        }
        else
        {
            AddItems(source, found, volume, draft);
        }
    }

    // Null when it is not there; what that means has been noted.
    private ConfigObject? Find(FileSource.FromObject source, VolumeDraft draft)
    {
        if (context.Objects is not { } objects)
        {
            if (!source.IsOptional)
            {
                draft.Errors.Add(new FieldError(source.Path.Text, "cannot be resolved without an API server; use a path of the shared file system, or mark it optional"));
            }

            return null;
        }

        var found = objects[source.Reference];
        draft.HasUnknown |= !found.IsKnown;
        if (found.Problem is { } problem)
        {
            draft.Missing.Add($"{source.Reference} cannot be read: {problem}");
        }
        else if (found is { IsKnown: true, IsFound: false } && !source.IsOptional)
        {
            draft.Missing.Add($"{source.Reference} not found");
        }

        return found.IsFound ? found : null;
    }

    private static void AddAll(FileSource.FromObject source, ConfigObject found, FileVolume volume, VolumeDraft draft)
    {
        foreach (var key in found.Keys)
        {
            if (key.Contains('/', StringComparison.Ordinal) || FileVolumeRules.FilePath(key) is not null)
            {
                draft.Errors.Add(new FieldError(source.Path.Text, $"key {Shown.Quoted(key)} of {source.Reference} cannot be the name of a file; list the keys to take as items"));
                return;
            }

            draft.Add(key, found.Content(key)!.Value, volume.DefaultMode);
        }
    }

    private static void AddItems(FileSource.FromObject source, ConfigObject found, FileVolume volume, VolumeDraft draft)
    {
        foreach (var item in source.Items)
        {
            if (found.Content(item.Key!) is { } content)
            {
                draft.Add(item.Path!, content, item.Mode ?? volume.DefaultMode);
            }
            else if (!source.IsOptional)
            {
                var kind = source.Reference.Kind == ConfigKind.Secret ? "references non-existent secret key" : "configmap references non-existent config key";
                draft.Missing.Add($"{kind}: {Shown.Plain(item.Key!)}");
                return;
            }
        }
    }

    private void AddFields(FileSource.FromPod source, FileVolume volume, VolumeDraft draft)
    {
        for (var i = 0; i < source.Items.Count; i++)
        {
            if (Value(source.Items[i], source.Path.Member("items").Item(i), draft) is { } value)
            {
                draft.Add(source.Items[i].Path!, Encoding.UTF8.GetBytes(value), source.Items[i].Mode ?? volume.DefaultMode);
            }
        }
    }

    private string? Value(DownwardAPIVolumeFile file, FieldPath path, VolumeDraft draft)
    {
        var (value, error) = file switch
        {
            { ResourceFieldRef: { } resource } => ResourceReference.Resolve(resource, null, pod, context),
            { FieldRef: { ApiVersion: null or "" or "v1" } field } when FieldReference.ResolveFile(field.FieldPath ?? "", pod) is { } text => (text, null),
            _ => (null, $"{Shown.Quoted(file.FieldRef?.FieldPath)} is not a v1 field that a file can have"),
        };
        if (error is not null)
        {
            draft.Errors.Add(new FieldError(path.Member(file.ResourceFieldRef is null ? "fieldRef" : "resourceFieldRef").Text, error));
        }

        return value;
    }

    private void Check(FileVolume volume, VolumeDraft draft)
    {
        var size = draft.Size;
        _bytes += size;
        var error = draft.Conflict is { } conflict ? $"has {Shown.Quoted(conflict)} as a file and as a directory"
            : size > MaxVolumeBytes ? $"holds {size} bytes; at most {MaxVolumeBytes} are allowed in one volume"
            : _bytes > MaxPodBytes ? $"brings the volumes of the pod to {_bytes} bytes; at most {MaxPodBytes} are allowed in all"
            : null;
        if (error is not null)
        {
            draft.Errors.Add(new FieldError(volume.Path.Text, error));
        }
    }

    private void Note(FileVolume volume, VolumeDraft draft)
    {
        // A pod that runs keeps the files it has.
        var missing = context.IsUpdate ? [.. draft.Missing, .. draft.Errors.Select(e => e.ToString())] : draft.Missing;
        notes.Errors.AddRange(context.IsUpdate ? [] : draft.Errors);
        notes.HasUnknown |= draft.HasUnknown;
        if (missing.Count > 0)
        {
            notes.Unmounted.Add($"MountVolume.SetUp failed for volume \"{volume.Name}\" : {Aggregate([.. missing.Distinct()])}");
        }
    }

    // As apimachinery's utilerrors.Aggregate words it.
    private static string Aggregate(IReadOnlyList<string> messages) => messages.Count == 1 ? messages[0] : $"[{string.Join(", ", messages)}]";
}
