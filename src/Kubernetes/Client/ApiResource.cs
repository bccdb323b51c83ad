using System.Text.Json.Serialization.Metadata;

namespace VirtualKubelet.Kubernetes.Client;

/// <summary>Where objects of one kind are found, and how their JSON is read; see <see cref="ApiResources"/>.</summary>
/// <typeparam name="T">The objects.</typeparam>
public sealed class ApiResource<T>
    where T : class, IKubernetesObject
{
    internal ApiResource(string apiVersion, string plural, bool isNamespaced, JsonTypeInfo<T> objectJson, JsonTypeInfo<ApiList<T>> listJson)
    {
        Path = new ApiPath(apiVersion, plural, isNamespaced);
        ObjectJson = objectJson;
        ListJson = listJson;
    }

    /// <summary>The plural in paths, such as <c>pods</c>.</summary>
    public string Plural => Path.Plural;

    /// <summary>Whether objects live in namespaces.</summary>
    public bool IsNamespaced => Path.IsNamespaced;

    internal ApiPath Path { get; }

    internal JsonTypeInfo<T> ObjectJson { get; }

    internal JsonTypeInfo<ApiList<T>> ListJson { get; }
}
