using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using VirtualKubelet.Configuration.Yaml;

namespace VirtualKubelet.Configuration.Reading;

/// <summary>One description of a kind of value, from which both the reading and the JSON schema follow.</summary>
internal abstract class Reader<T>
{
    /// <summary>Reads a value; on false every reason has been reported.</summary>
    public abstract bool TryRead(Node node, Location at, [MaybeNullWhen(false)] out T value);

    /// <summary>The schema that accepts at least what <see cref="TryRead"/> accepts.</summary>
    public abstract JsonObject Schema();

    /// <summary>The value as a file would spell it.</summary>
    public abstract JsonNode Write(T value);
}
