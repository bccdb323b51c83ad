using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace VirtualKubelet.Kubernetes.Client;

/// <summary>Reads one line of a watch (meta/v1 <c>WatchEvent</c>): first where type and object are, then the object as what the type says it is.</summary>
internal static class WatchLine
{
    /// <summary>Reads a line.</summary>
    /// <exception cref="JsonException">The line is not an event of a watch for such objects.</exception>
    /// <exception cref="ApiException">The line tells why the watch ends.</exception>
    public static WatchEvent<T> Parse<T>(in ReadOnlySequence<byte> line, JsonTypeInfo<T> objectJson, ApiRequest request)
        where T : class, IKubernetesObject
    {
        var (type, content) = Split(line);
        if (type is not { } known)
        {
            throw ErrorAnswer.FromWatch(request, Read(content, KubernetesJson.Api.Status));
        }

        var read = Read(content, objectJson);
        return new WatchEvent<T>(
            known,
            read,
            read.Metadata.ResourceVersion is { Length: > 0 } version ? version : throw new JsonException("an object in the watch has no resourceVersion"));
    }

    private static (WatchEventType? Type, ReadOnlySequence<byte> Object) Split(in ReadOnlySequence<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        WatchEventType? type = null;
        var hasType = false;
        ReadOnlySequence<byte>? content = null;
        Require(reader.Read() && reader.TokenType == JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            var isObject = reader.ValueTextEquals("object"u8);
            reader.Read();
            if (isType)
            {
                Require(!hasType && reader.TokenType == JsonTokenType.String);
                (type, hasType) = (ReadType(reader), true);
                continue;
            }

            var start = reader.TokenStartIndex;
            reader.Skip();
            if (isObject)
            {
                Require(content is null);
                content = line.Slice(start, reader.BytesConsumed - start);
            }
        }

        Require(!reader.Read() && hasType && content is not null);
        return (type, content!.Value);
    }

    // Null is an error: not an event, but the end of the watch.
    private static WatchEventType? ReadType(in Utf8JsonReader reader) =>
        reader.ValueTextEquals("ADDED"u8) ? WatchEventType.Added
        : reader.ValueTextEquals("MODIFIED"u8) ? WatchEventType.Modified
        : reader.ValueTextEquals("DELETED"u8) ? WatchEventType.Deleted
        : reader.ValueTextEquals("BOOKMARK"u8) ? WatchEventType.Bookmark
        : reader.ValueTextEquals("ERROR"u8) ? null
        : throw new JsonException("an event of the watch is of no type that is known here");

    private static T Read<T>(in ReadOnlySequence<byte> content, JsonTypeInfo<T> json)
    {
        var reader = new Utf8JsonReader(content);
        return JsonSerializer.Deserialize(ref reader, json) ?? throw new JsonException("an event of the watch has no object");
    }

    private static void Require(bool holds)
    {
        if (!holds)
        {
            throw new JsonException("a line of the watch is not an event");
        }
    }
}
