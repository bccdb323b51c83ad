using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Testing.ApiServer;

/// <summary>What a path is about.</summary>
/// <param name="Type">The resource.</param>
/// <param name="Namespace">The namespace; empty for all, or for what has none.</param>
/// <param name="Name">The object; null for the collection.</param>
/// <param name="Subresource">The part of the object.</param>
public sealed record ApiRoute(ResourceType Type, string Namespace, string? Name, string? Subresource)
{
    public StoreKey Key => new(Type, Namespace, Name!);

    /// <summary>Reads a path as it was sent; null when the server has nothing there.</summary>
    public static ApiRoute? Parse(string path)
    {
        string[] segments = [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)];
        return segments switch
        {
            ["api", "v1", .. var rest] => Parse("v1", rest),
            ["apis", var group, var version, .. var rest] => Parse($"{group}/{version}", rest),
            _ => null,
        };
    }

    private static ApiRoute? Parse(string apiVersion, string[] segments)
    {
        var (inNamespace, rest) = segments is ["namespaces", var given, _, ..] ? (given, segments[2..]) : ("", segments);
        var type = ResourceTypes.All.FirstOrDefault(t => t.ApiVersion == apiVersion && rest is [var plural, ..] && t.Plural == plural);
        return type is null || (inNamespace.Length > 0 && !type.IsNamespaced) || rest.Length > 3
            ? null
            : new ApiRoute(type, inNamespace, rest.ElementAtOrDefault(1), rest.ElementAtOrDefault(2));
    }
}
