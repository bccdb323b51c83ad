using System.Text.Json.Nodes;
using VirtualKubelet.Configuration.Yaml;

namespace VirtualKubelet.Configuration.Reading;

/// <summary>One key of a section, whatever the type of its value.</summary>
internal abstract class SectionKey<T>(string name)
{
    public string Name { get; } = name;

    public bool Required { get; init; }

    public bool DecidesOthers { get; init; }

    /// <summary>The record with the value in it; unchanged when the value was wrong and has been reported.</summary>
    public abstract T Read(T record, Node node, Location at);

    /// <summary>The value a file would hold; null when it would leave the key out.</summary>
    public abstract JsonNode? Write(T record);

    public abstract JsonObject Schema(T blank);
}
