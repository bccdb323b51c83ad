namespace VirtualKubelet.Testing.Streaming;

/// <summary>Hand-built WebSocket frames of a client, and a reader of a server's.</summary>
public static class WsBytes
{
    /// <param name="first">The first byte: final bit and opcode.</param>
    /// <param name="payload">The payload, masked here.</param>
    public static byte[] Frame(byte first, ReadOnlySpan<byte> payload)
    {
        byte[] mask = [0x12, 0x34, 0x56, 0x78];
        byte[] length = payload.Length < 126 ? [(byte)(0x80 | payload.Length)] : [0xFE, (byte)(payload.Length >> 8), (byte)payload.Length];
        return [first, .. length, .. mask, .. payload.ToArray().Select((octet, i) => (byte)(octet ^ mask[i % 4]))];
    }

    public static async Task<(int First, byte[] Payload)> ReadAsync(Stream stream)
    {
        var header = new byte[2];
        await stream.ReadExactlyAsync(header, StreamDeadline.Token());
        var more = new byte[header[1] switch { 126 => 2, 127 => 8, _ => 0 }];
        await stream.ReadExactlyAsync(more, StreamDeadline.Token());
        var length = more.Length == 0 ? header[1] : more.Aggregate(0L, (sum, octet) => (sum << 8) | octet);
        var payload = new byte[length];
        await stream.ReadExactlyAsync(payload, StreamDeadline.Token());
        return (header[0], payload);
    }
}
