using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace VirtualKubelet.Kubelet.Streaming.RemoteCommand;

/// <summary>What stands on the error stream in the end: from v4 on a metav1.Status as JSON, before that the bare message of a failure.</summary>
internal static class StatusWriter
{
    private const int InternalError = 500;

    // Messages hold quotes and paths that people read; nothing here ends up in HTML.
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(IBufferWriter<byte> output, RemoteCommandStatus status, bool asJson)
    {
        if (asJson)
        {
            WriteJson(output, status);
        }
        else if (status.Message is { } message)
        {
            Encoding.UTF8.GetBytes(message, output);
        }
    }

    private static void WriteJson(IBufferWriter<byte> output, RemoteCommandStatus status)
    {
        using var json = new Utf8JsonWriter(output, s_json);
        json.WriteStartObject();
        json.WriteStartObject("metadata"u8);
        json.WriteEndObject();
        json.WriteString("status"u8, status.Message is null ? "Success"u8 : "Failure"u8);
        if (status.Message is not null)
        {
            json.WriteString("message"u8, status.Message);
            WriteReason(json, status.ExitCode);
        }

        json.WriteEndObject();
    }

    private static void WriteReason(Utf8JsonWriter json, int? exitCode)
    {
        if (exitCode is not { } code)
        {
            json.WriteString("reason"u8, "InternalError"u8);
            json.WriteNumber("code"u8, InternalError);
            return;
        }

        json.WriteString("reason"u8, "NonZeroExitCode"u8);
        json.WriteStartObject("details"u8);
        json.WriteStartArray("causes"u8);
        json.WriteStartObject();
        json.WriteString("reason"u8, "ExitCode"u8);
        json.WriteString("message"u8, code.ToString(CultureInfo.InvariantCulture));
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
