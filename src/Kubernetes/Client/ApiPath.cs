namespace VirtualKubelet.Kubernetes.Client;

/// <summary>The paths of one resource, relative to the server.</summary>
internal sealed class ApiPath(string apiVersion, string plural, bool isNamespaced)
{
    // The core group alone has no name.
    private readonly string _root = apiVersion.Contains('/', StringComparison.Ordinal) ? $"apis/{apiVersion}" : $"api/{apiVersion}";

    /// <summary>The plural in paths, such as <c>pods</c>.</summary>
    public string Plural => plural;

    /// <summary>Whether objects live in namespaces.</summary>
    public bool IsNamespaced => isNamespaced;

    /// <summary>The path of all objects, or of those of one namespace.</summary>
    /// <exception cref="ArgumentException">A namespace is given for what has none.</exception>
    public string Collection(string? inNamespace)
    {
        if (string.IsNullOrEmpty(inNamespace))
        {
            return $"{_root}/{plural}";
        }

        return isNamespaced
            ? $"{_root}/namespaces/{Segment(inNamespace)}/{plural}"
            : throw new ArgumentException($"{plural} have no namespace", nameof(inNamespace));
    }

    /// <summary>The path of one object, or of a part of it.</summary>
    /// <exception cref="ArgumentException">The key lacks a name, or the namespace that objects of this kind have.</exception>
    public string Object(ObjectKey key, string? subresource = null)
    {
        if (isNamespaced && string.IsNullOrEmpty(key.Namespace))
        {
            throw new ArgumentException($"{plural} have a namespace", nameof(key));
        }

        var path = $"{Collection(key.Namespace)}/{Segment(key.Name)}";
        return subresource is null ? path : $"{path}/{subresource}";
    }

    // Names are checked nowhere else: with "a/../b" or "" the request would end at another object.
    private static string Segment(string? name) => name is null or "" or "." or ".."
        ? throw new ArgumentException($"\"{name}\" is not a name", nameof(name))
        : Uri.EscapeDataString(name);
}
