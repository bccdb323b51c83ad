using VirtualKubelet.Configuration.Reading;
using VirtualKubelet.Configuration.Yaml;

namespace VirtualKubelet.Configuration.Sections;

/// <summary>One document, read.</summary>
/// <param name="Node">What it declares; null when it has errors of its own.</param>
/// <param name="Context">Its errors and the places of its keys.</param>
internal sealed record NodeDocument(NodeConfiguration? Node, ReadContext Context)
{
    public static NodeDocument Read(Node root, string file)
    {
        var context = new ReadContext(file);
        var at = new Location(context, "");
        at.Remember(root.Position);
        return new NodeDocument(DocumentSection.Instance.TryRead(root, at, out var node) ? node : null, context);
    }
}
