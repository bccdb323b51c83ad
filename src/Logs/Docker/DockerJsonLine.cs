using System.Text.Json;
using VirtualKubelet.Logs.Cri;

namespace VirtualKubelet.Logs.Docker;

/// <summary>One line of Docker's json-file driver: <c>{"log":"text\n","stream":"stdout","time":"…"}</c>; the newline belongs to the text.</summary>
/// <param name="Text">What the container wrote.</param>
/// <param name="Time">When, RFC 3339, validated.</param>
/// <param name="Stream">Where.</param>
internal readonly record struct DockerJsonLine(byte[] Text, byte[] Time, LogStreams Stream)
{
    /// <summary>Reads one whole line; false when it is not one.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out DockerJsonLine parsed)
    {
        parsed = new DockerJsonLine([], [], LogStreams.All);
        try
        {
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                parsed = ReadProperty(ref reader, parsed);
            }

            return reader.TokenType == JsonTokenType.EndObject && !reader.Read() && parsed.Stream != LogStreams.All && CriTime.TryParse(parsed.Time, out _);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or a text that is not valid Unicode: a bad line.
            return false;
        }
    }

    private static DockerJsonLine ReadProperty(ref Utf8JsonReader reader, DockerJsonLine parsed)
    {
        var isLog = reader.ValueTextEquals("log"u8);
        var isStream = reader.ValueTextEquals("stream"u8);
        var isTime = reader.ValueTextEquals("time"u8);
        reader.Read();
        if (isLog)
        {
            return parsed with { Text = Unescape(ref reader) };
        }

        if (isTime)
        {
            return parsed with { Time = Unescape(ref reader) };
        }

        if (isStream)
        {
            return parsed with { Stream = reader.ValueTextEquals("stdout"u8) ? LogStreams.Stdout : reader.ValueTextEquals("stderr"u8) ? LogStreams.Stderr : LogStreams.All };
        }

        reader.Skip();
        return parsed;
    }

    private static byte[] Unescape(ref Utf8JsonReader reader)
    {
        var text = new byte[reader.ValueSpan.Length];
        return text[..reader.CopyString(text)];
    }
}
