using System.Text.Encodings.Web;
using System.Text.Json;
using VirtualKubelet.Configuration.Sections;

namespace VirtualKubelet.Configuration;

/// <summary>The JSON schema of one document, for editors and for checks outside the agent.</summary>
public static class NodeConfigurationSchema
{
    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The schema (draft 7), indented; made from the same description as the reader.</summary>
    public static string Generate()
    {
        var schema = DocumentSection.Instance.Schema();
        schema.Insert(0, "$schema", "http://json-schema.org/draft-07/schema#");
        schema.Insert(1, "title", $"{NodeConfiguration.Kind} ({NodeConfiguration.ApiVersion})");
        return schema.ToJsonString(Layout) + "\n";
    }
}
