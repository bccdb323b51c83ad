using System.Globalization;
using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Controllers.Validation;

namespace VirtualKubelet.Controllers.StaticPods;

/// <summary>Reads one document of a manifest file as a pod.</summary>
internal sealed class PodDocument(string path, string file, string place, string nodeName, ManifestJson json, DateTimeOffset now)
{
    /// <summary>Adds the document to the pods or, with all that is wrong with it, to the faults.</summary>
    public void Read(ManifestNode document, List<ManifestPod> pods, List<ManifestFault> faults)
    {
        if (WrongKind(document) is { } wrongKind)
        {
            var kind = document.TextOf("kind");
            faults.Add(new ManifestFault(kind == "Pod" ? KeyOf(document) : null, place, [$"{At(document)}: {wrongKind}"], kind is null or "Pod" or "List" or "PodList"));
            return;
        }

        try
        {
            ReadPod(document.Without(["status"]), pods, faults);
        }
        catch (ManifestSyntaxException exception)
        {
            faults.Add(new ManifestFault(KeyOf(document), place, [$"{At(document)}: {exception.Message}"], true));
        }
    }

    private void ReadPod(ManifestNode document, List<ManifestPod> pods, List<ManifestFault> faults)
    {
        var typed = TypedPod.Read(document, json);
        var uid = string.IsNullOrEmpty(typed.Pod.Metadata.Uid)
            ? StaticPodUid.Compute(json.Write(document), nodeName, path)
            : typed.Pod.Metadata.Uid;
        var pod = StaticPodDefaults.Apply(typed.Pod, uid, nodeName, now);
        var errors = typed.Errors.Concat(PodValidator.Validate(pod).Where(e => !typed.Explains(e))).ToList();
        if (pod.Spec.EphemeralContainers is { Count: > 0 })
        {
            errors.Add(new FieldError("spec.ephemeralContainers", "cannot be declared; they are added to a running pod"));
        }

        if (errors.Count == 0)
        {
            pods.Add(new ManifestPod(pod, place, At(document)));
        }
        else
        {
            faults.Add(new ManifestFault(KeyOf(document), place, [.. errors.Select(e => Describe(document, e))], true));
        }
    }

    private static string? WrongKind(ManifestNode document)
    {
        if (document is not ManifestNode.Mapping)
        {
            return "is not an object; a pod begins with apiVersion: v1 and kind: Pod";
        }

        var (apiVersion, kind) = (document.TextOf("apiVersion"), document.TextOf("kind"));
        return kind is "List" or "PodList" ? "is a list without items, or not of apiVersion v1"
            : kind != "Pod" ? $"is of kind {Shown.Quoted(kind)}; only Pod can run here"
            : apiVersion != "v1" ? $"has apiVersion {Shown.Quoted(apiVersion)}; pods are of v1"
            : null;
    }

    private static PodKey? KeyOf(ManifestNode document)
    {
        var metadata = document.Member("metadata");
        var ns = metadata?.Member("namespace") is null ? StaticPodDefaults.Namespace : metadata.TextOf("namespace");
        return metadata?.TextOf("name") is { } name && NameRules.Subdomain(name) is null && ns is not null && NameRules.Label(ns) is null
            ? new PodKey(ns, name)
            : null;
    }

    private string Describe(ManifestNode document, FieldError error) =>
        $"{At(document.At(FieldPath.Split(error.Path)))}: {error}";

    private string At(ManifestNode node) => string.Create(CultureInfo.InvariantCulture, $"{file}:{node.Line}");
}
