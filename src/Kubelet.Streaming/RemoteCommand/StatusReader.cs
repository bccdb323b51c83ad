using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;

namespace VirtualKubelet.Kubelet.Streaming.RemoteCommand;

/// <summary>Reads the metav1.Status with which a kubelet ends a session (v4 and later), the counterpart of <see cref="StatusWriter"/>.</summary>
internal static class StatusReader
{
    private const int MaxStatusBytes = 64 * 1024;

    /// <summary>Reads one status; the connection may stay open behind it. Null when the stream ends before there is any.</summary>
    public static async Task<RemoteCommandResult?> ReadAsync(PipeReader input)
    {
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(CancellationToken.None);
                if (TryParse(read.Buffer, out var result))
                {
                    return result;
                }

                if (read.Buffer.Length > MaxStatusBytes)
                {
                    return RemoteCommandResult.Broken($"longer than {MaxStatusBytes} bytes");
                }

                if (read.IsCompleted)
                {
                    return null;
                }

                input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        finally
        {
            await input.CompleteAsync();
        }
    }

    private static bool TryParse(in ReadOnlySequence<byte> text, [NotNullWhen(true)] out RemoteCommandResult? result)
    {
        result = null;
        if (text.IsEmpty)
        {
            return false;
        }

        try
        {
            // A status that breaks off is none at all: the connection was lost, whatever the beginning promises.
            var reader = new Utf8JsonReader(text, isFinalBlock: false, state: default);
            if (!JsonDocument.TryParseValue(ref reader, out var status))
            {
                return false;
            }

            using (status)
            {
                result = ResultOf(status.RootElement);
                return true;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            result = RemoteCommandResult.Broken(e.Message);
            return true;
        }
    }

    private static RemoteCommandResult ResultOf(JsonElement status)
    {
        if (status.ValueKind != JsonValueKind.Object)
        {
            return RemoteCommandResult.Broken("not an object");
        }

        var message = TextOf(status, "message") ?? "";
        return TextOf(status, "status") switch
        {
            "Success" => RemoteCommandResult.Exited(0, ""),
            "Failure" when TextOf(status, "reason") == "NonZeroExitCode" => ExitCodeOf(status) is { } code
                ? RemoteCommandResult.Exited(code, message)
                : RemoteCommandResult.Broken($"no exit code from 0 to 255 ({message})"),
            "Failure" => RemoteCommandResult.Failed(message.Length > 0 ? message : TextOf(status, "reason") ?? "failed without a reason"),
            var other => RemoteCommandResult.Broken($"status \"{other}\""),
        };
    }

    private static byte? ExitCodeOf(JsonElement status)
    {
        if (!status.TryGetProperty("details", out var details) || !details.TryGetProperty("causes", out var causes))
        {
            return null;
        }

        foreach (var cause in causes.EnumerateArray())
        {
            if (TextOf(cause, "reason") == "ExitCode")
            {
                return byte.TryParse(TextOf(cause, "message"), NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : null;
            }
        }

        return null;
    }

    private static string? TextOf(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;
}
