using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Validation;

/// <summary>
/// Says what is wrong with a pod, all of it at once. It guards everything a name, a number or a string of a pod can do on the way to
/// a job; what the site or the backend does not allow is the provider's to refuse.
/// </summary>
internal static class PodValidator
{
    private const int MaxAnnotationsBytes = 256 * 1024;

    /// <summary>The pod's errors, none when it may go to a provider.</summary>
    public static IReadOnlyList<FieldError> Validate(Pod pod)
    {
        var errors = new FieldErrors();
        CheckMetadata(pod.Metadata, new FieldPath("metadata"), errors);
        CheckSpec(pod.Spec, new FieldPath("spec"), errors);
        TextRules.Check(pod, errors);
        return errors.All;
    }

    private static void CheckMetadata(ObjectMeta metadata, FieldPath path, FieldErrors errors)
    {
        errors.Require(path.Member("name"), metadata.Name, NameRules.Subdomain);
        errors.Require(path.Member("namespace"), metadata.Namespace, NameRules.Label);
        errors.Require(path.Member("uid"), metadata.Uid, NameRules.Uid);
        foreach (var (key, value) in metadata.Labels ?? new Dictionary<string, string>())
        {
            var label = path.Member("labels").Key(key);
            errors.Add(label, NameRules.Qualified(key));
            errors.Check(label, value, NameRules.LabelValue);
        }

        CheckAnnotations(metadata.Annotations ?? new Dictionary<string, string>(), path.Member("annotations"), errors);
    }

    private static void CheckAnnotations(IReadOnlyDictionary<string, string> annotations, FieldPath path, FieldErrors errors)
    {
        var bytes = 0L;
        foreach (var (key, value) in annotations)
        {
            // The API compares annotation keys in lower case, and so lets capitals pass.
            errors.Add(path.Key(key), NameRules.Qualified(key.ToLowerInvariant()));
            bytes += key.Length + System.Text.Encoding.UTF8.GetByteCount(value ?? "");
        }

        errors.Add(path, bytes > MaxAnnotationsBytes ? $"hold {bytes} bytes in all; at most {MaxAnnotationsBytes} are allowed" : null);
    }

    private static void CheckSpec(PodSpec spec, FieldPath path, FieldErrors errors)
    {
        errors.Check(path.Member("restartPolicy"), spec.RestartPolicy, OneOf("Always", "OnFailure", "Never"));
        errors.Check(path.Member("serviceAccountName"), spec.ServiceAccountName, NameRules.Subdomain);
        errors.Check(path.Member("nodeName"), spec.NodeName, NameRules.Subdomain);
        CheckRange(path.Member("terminationGracePeriodSeconds"), spec.TerminationGracePeriodSeconds, 0, errors);
        CheckRange(path.Member("activeDeadlineSeconds"), spec.ActiveDeadlineSeconds, 1, errors);
        var volumes = VolumeRules.CheckVolumes(spec.Volumes, path.Member("volumes"), errors);
        errors.Add(path.Member("containers"), spec.Containers is { Count: > 0 } ? null : "is missing: a pod has at least one container");
        new ContainerRules(volumes, errors).Check(spec, path);
    }

    private static void CheckRange(FieldPath path, long? value, long least, FieldErrors errors) =>
        errors.Add(path, value < least || value > int.MaxValue ? $"{value} is not between {least} and {int.MaxValue}" : null);

    private static Func<string, string?> OneOf(params string[] words) =>
        word => words.Contains(word) ? null : $"{Shown.Quoted(word)} is not one of {string.Join(", ", words)}";
}
