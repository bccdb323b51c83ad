using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Threading.Channels;

namespace VirtualKubelet.Kubelet.Streaming.RemoteCommand;

/// <summary>
/// Reads terminal sizes: JSON objects one after the other, wherever frames cut them. Sizes nobody has taken yet make room for newer ones, so that the latest always arrives.
/// Like Go's decoder it stops at the first thing that is no size; the session goes on without resizing.
/// </summary>
internal sealed class ResizeReader
{
    private const int MaxObjectBytes = 4096;
    private const int MaxUntakenSizes = 8;

    private static readonly JsonReaderOptions s_json = new() { AllowMultipleValues = true, MaxDepth = 8 };

    private readonly Channel<TerminalSize> _sizes = Channel.CreateBounded<TerminalSize>(
        new BoundedChannelOptions(MaxUntakenSizes) { FullMode = BoundedChannelFullMode.DropOldest, SingleWriter = true });

    public ChannelReader<TerminalSize> Sizes => _sizes.Reader;

    /// <summary>Reads until the stream ends.</summary>
    public async Task RunAsync(PipeReader input)
    {
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(CancellationToken.None);
                var rest = read.Buffer;
                while (TryRead(ref rest, out var size))
                {
                    _sizes.Writer.TryWrite(size);
                }

                if (read.IsCompleted || rest.Length > MaxObjectBytes)
                {
                    return;
                }

                input.AdvanceTo(rest.Start, rest.End);
            }
        }
        catch (JsonException)
        {
            // A client that sends something else gets no resizing.
        }
        finally
        {
            _sizes.Writer.TryComplete();
            await input.CompleteAsync();
        }
    }

    /// <summary>Takes one size from the front of <paramref name="input"/>, or leaves it alone and returns false; throws <see cref="JsonException"/>.</summary>
    public static bool TryRead(ref ReadOnlySequence<byte> input, out TerminalSize size)
    {
        size = default;
        var reader = new Utf8JsonReader(input, isFinalBlock: false, new JsonReaderState(s_json));
        if (!JsonDocument.TryParseValue(ref reader, out var value))
        {
            return false;
        }

        using (value)
        {
            try
            {
                size = SizeOf(value.RootElement);
            }
            catch (InvalidOperationException e)
            {
                // A name that is no text, such as half a surrogate.
                throw new JsonException(e.Message, e);
            }
        }

        input = input.Slice(reader.Position);
        return true;
    }

    private static TerminalSize SizeOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("A terminal size is an object.");
        }

        var (width, height) = ((ushort)0, (ushort)0);
        foreach (var property in value.EnumerateObject())
        {
            if (property.Name.Equals("width", StringComparison.OrdinalIgnoreCase))
            {
                width = NumberOf(property.Value);
            }
            else if (property.Name.Equals("height", StringComparison.OrdinalIgnoreCase))
            {
                height = NumberOf(property.Value);
            }
        }

        return new TerminalSize(width, height);
    }

    private static ushort NumberOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetUInt16(out var number)
            ? number
            : throw new JsonException("A terminal size has two numbers of sixteen bits.");
}
