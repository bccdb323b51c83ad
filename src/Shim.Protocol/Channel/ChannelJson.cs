using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>How the rare messages of the channel are written; the frequent ones are plain numbers and bytes.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ChannelGreeting))]
[JsonSerializable(typeof(ExecMessage))]
[JsonSerializable(typeof(AttachMessage))]
[JsonSerializable(typeof(ConnectMessage))]
[JsonSerializable(typeof(ClosedMessage))]
public sealed partial class ChannelJson : JsonSerializerContext
{
    /// <summary>Reads a payload.</summary>
    /// <exception cref="ChannelProtocolException">It is not what <typeparamref name="T"/> needs.</exception>
    public static T Read<T>(in Frame frame, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            var reader = new Utf8JsonReader(frame.Payload);
            return JsonSerializer.Deserialize(ref reader, type) ?? throw new ChannelProtocolException($"a frame of type {frame.Header.Type} that says null");
        }
        catch (JsonException e)
        {
            throw new ChannelProtocolException($"a frame of type {frame.Header.Type} that cannot be read: {e.Message}");
        }
    }
}
