using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace VirtualKubelet.Controllers.StaticPods;

/// <summary>
/// Writes the values of one manifest file as JSON: keys in ordinal order, absent instead of null. Equal pods therefore give equal bytes,
/// however they were written. What aliases unfold to is bounded for each pod and for the file.
/// </summary>
internal sealed class ManifestJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private long _left = ManifestLimits.JsonBytes;

    /// <summary>The JSON of a value.</summary>
    /// <exception cref="ManifestSyntaxException">Aliases unfold to more than <see cref="ManifestLimits"/> allow.</exception>
    public byte[] Write(ManifestNode node)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, Options))
        {
            Write(node, writer, 1);
        }

        _left -= bytes.WrittenCount;
        return bytes.WrittenSpan.ToArray();
    }

    private void Write(ManifestNode node, Utf8JsonWriter writer, int depth)
    {
        if (depth > ManifestLimits.Depth)
        {
            throw new ManifestSyntaxException(node.Line, $"unfolds to more than {ManifestLimits.Depth} levels");
        }

        var written = writer.BytesCommitted + writer.BytesPending;
        if (written > ManifestLimits.PodBytes || written > _left)
        {
            _left -= written;
            throw new ManifestSyntaxException(node.Line, $"unfolds to more than {ManifestLimits.PodBytes} bytes, or its file to more than {ManifestLimits.JsonBytes}");
        }

        switch (node)
        {
            case ManifestNode.Literal literal:
                writer.WriteRawValue(literal.Json);
                break;
            case ManifestNode.Text text:
                writer.WriteStringValue(text.Value);
                break;
            case ManifestNode.Sequence list:
                writer.WriteStartArray();
                foreach (var item in list.Items)
                {
                    Write(item, writer, depth + 1);
                }

                writer.WriteEndArray();
                break;
            case ManifestNode.Mapping map:
                WriteMembers(map, writer, depth);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(node));
        }
    }

    private void WriteMembers(ManifestNode.Mapping map, Utf8JsonWriter writer, int depth)
    {
        writer.WriteStartObject();
        foreach (var (key, value) in map.Members.Where(m => !m.Value.IsNull).OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            writer.WritePropertyName(key);
            Write(value, writer, depth + 1);
        }

        writer.WriteEndObject();
    }
}
