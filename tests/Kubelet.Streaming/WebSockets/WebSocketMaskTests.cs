using VirtualKubelet.Kubelet.Streaming.WebSockets;

namespace VirtualKubelet.Kubelet.Streaming.Tests.WebSockets;

public class WebSocketMaskTests
{
    [Fact]
    public void Masking_in_pieces_is_masking_byte_by_byte()
    {
        byte[] key = [0xA1, 0x02, 0xF3, 0x44];
        var random = new Random(3);
        for (var length = 0; length < 200; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            var expected = bytes.Select((octet, i) => (byte)(octet ^ key[i % 4])).ToArray();
            var cut = random.Next(length + 1);
            var rest = WebSocketMask.Apply(bytes.AsSpan(0, cut), BitConverter.ToUInt32(key));
            WebSocketMask.Apply(bytes.AsSpan(cut), rest);
            Assert.Equal(expected, bytes);
        }
    }
}
