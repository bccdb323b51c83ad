using VirtualKubelet.Configuration.Reading;

namespace VirtualKubelet.Configuration.Sections;

/// <summary>A whole document.</summary>
internal static class DocumentSection
{
    public static Section<NodeConfiguration> Instance { get; } =
        new Section<NodeConfiguration>(new NodeConfiguration { Metadata = MetadataSection.Blank, Spec = SpecSection.Blank })
            .Header("apiVersion", Scalars.Constant(NodeConfiguration.ApiVersion), "Version of this format.")
            .Header("kind", Scalars.Constant(NodeConfiguration.Kind), "What the document declares: a virtual node.")
            .Required("metadata", MetadataSection.Instance, (c, v) => c with { Metadata = v }, "Who the node is.")
            .Required("spec", SpecSection.Instance, (c, v) => c with { Spec = v }, "How the node works.");
}
