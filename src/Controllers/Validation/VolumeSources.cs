using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace VirtualKubelet.Controllers.Validation;

/// <summary>Reads the sources of volumes, which a pod carries as they were written.</summary>
internal static class VolumeSources
{
    /// <summary>The source with its types; null when it has other ones, which is noted.</summary>
    public static T? Read<T>(JsonElement source, JsonTypeInfo<T> type, FieldPath path, FieldErrors errors)
        where T : class
    {
        try
        {
            var read = source.Deserialize(type);
            errors.Add(path, read is null ? "is null" : null);
            return read;
        }
        catch (JsonException exception)
        {
            errors.Add(new FieldPath(path.Text + exception.Path?.TrimStart('$')), "has the wrong type");
            return null;
        }
    }
}
