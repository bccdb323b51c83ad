using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using VirtualKubelet.Configuration.Sections;

namespace VirtualKubelet.Configuration.Tests;

/// <summary>What deploy/node.yaml says is so.</summary>
public sealed partial class ReferenceTests
{
    private static readonly string Text = File.ReadAllText(RepositoryFiles.Reference);

    // Every commented key becomes a key; words that only explain keep their comment.
    private static readonly string Uncommented = CommentedKey().Replace(Text, "${indent}${key}");

    [Fact]
    public void The_reference_is_read_and_fits_the_schema()
    {
        Assert.Empty(NodeConfigurationFile.Load(RepositoryFiles.Reference).Errors);
        Assert.Empty(SchemaCheck.Errors(Text));
    }

    [Fact]
    public void The_values_it_shows_are_the_defaults()
    {
        var node = Assert.Single(NodeConfigurationFile.Load(RepositoryFiles.Reference).Nodes);
        var silent = node with { Spec = new NodeSpec { WorkDirectory = node.Spec.WorkDirectory } };

        Assert.Equal(DocumentSection.Instance.Write(silent).ToJsonString(), DocumentSection.Instance.Write(node).ToJsonString());
    }

    [Fact]
    public void The_examples_it_comments_out_are_valid_together()
    {
        Assert.Empty(NodeConfigurationFile.Parse(Uncommented, "node.yaml").Errors);
        Assert.Empty(SchemaCheck.Errors(Uncommented));
    }

    [Fact]
    public void It_names_every_key()
    {
        var schema = JsonNode.Parse(NodeConfigurationSchema.Generate())!.AsObject();
        var missing = Keys(schema).Where(k => !Regex.IsMatch(Uncommented, $@"(?m)(?:^|[\s{{]){k}:"));

        Assert.Empty(missing);
    }

    private static IEnumerable<string> Keys(JsonObject schema)
    {
        var own = (schema["properties"] as JsonObject)?.AsEnumerable() ?? [];
        var children = own.SelectMany(p => Keys(p.Value!.AsObject()).Prepend(p.Key));
        return schema["items"] is JsonObject items ? children.Concat(Keys(items)) : children;
    }

    [GeneratedRegex(@"^(?<indent> *)# (?<key> *[a-z][A-Za-z]*:(?: [^ ].*)?)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex CommentedKey();
}
