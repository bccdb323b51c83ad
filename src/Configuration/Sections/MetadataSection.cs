using VirtualKubelet.Configuration.Reading;

namespace VirtualKubelet.Configuration.Sections;

/// <summary><c>metadata</c>.</summary>
internal static class MetadataSection
{
    public static NodeMetadata Blank { get; } = new() { Name = "" };

    public static Section<NodeMetadata> Instance { get; } = new Section<NodeMetadata>(Blank)
        .Required("name", Scalars.Text(TextRules.NodeName), (m, v) => m with { Name = v },
            "Name of the virtual node, a DNS-1123 subdomain. Unique in the file.")
        .Key("labels", new MapReader(TextRules.QualifiedName, Scalars.Text(TextRules.LabelValue)), m => m.Labels, (m, v) => m with { Labels = v },
            "Labels that the node carries besides the agent's own.");
}
