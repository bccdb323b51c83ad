using System.Text.Json;
using VirtualKubelet.Controllers.Validation;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.StaticPods;

/// <summary>A manifest's document as a pod, with every field of a wrong type left out and told.</summary>
/// <param name="Pod">The pod.</param>
/// <param name="Errors">The fields of wrong types.</param>
internal sealed record TypedPod(Pod Pod, IReadOnlyList<FieldError> Errors)
{
    /// <summary>
    /// Reads a document. The JSON reader stops at the first field it cannot take, so that field is blanked and the document read again:
    /// the user hears of all of them at once.
    /// </summary>
    public static TypedPod Read(ManifestNode document, ManifestJson json)
    {
        var errors = new List<FieldError>();
        while (true)
        {
            try
            {
                var pod = JsonSerializer.Deserialize(json.Write(document), KubernetesJson.Api.Pod);
                return new TypedPod(pod ?? new Pod(), errors);
            }
            catch (JsonException exception)
            {
                var path = FieldPath.Split(exception.Path ?? "$");
                errors.Add(new FieldError((exception.Path ?? "$").TrimStart('$').TrimStart('.'), "has the wrong type" + Hint(document, path)));
                document = document.Without(path);
                if (errors.Count == ManifestLimits.TypeErrors)
                {
                    errors.Add(new FieldError("", "has still more fields of wrong types"));
                    return new TypedPod(new Pod(), errors);
                }
            }
        }
    }

    /// <summary>Whether an error is only the consequence of a field of a wrong type, which is blank now.</summary>
    public bool Explains(FieldError error) => Errors.Any(typed =>
        error.Path.StartsWith(typed.Path, StringComparison.Ordinal) || typed.Path.StartsWith(error.Path, StringComparison.Ordinal));

    private static string Hint(ManifestNode document, IReadOnlyList<string> path)
    {
        var node = document.At(path);
        return node switch
        {
            ManifestNode.Literal literal => $": {Shown.Plain(literal.Json)}; if text is meant, put it in quotes",
            ManifestNode.Text text => $": {Shown.Quoted(text.Value)} is text",
            ManifestNode.Sequence => ": it is a list",
            _ => ": it is a map",
        };
    }
}
