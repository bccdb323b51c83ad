using System.Buffers;
using System.Buffers.Text;
using VirtualKubelet.Kubelet.Streaming.Transport;

namespace VirtualKubelet.Kubelet.Streaming.WebSockets;

/// <summary>Decodes the base64 of one message after the other, piece by piece.</summary>
internal sealed class Base64Decoder
{
    private const int Quantum = 4;

    private readonly byte[] _carry = new byte[Quantum];
    private int _carried;
    private bool _isPadded;

    /// <summary>Decodes what makes whole quanta; throws <see cref="ProtocolException"/> for what is no base64.</summary>
    public void Decode(in ReadOnlySequence<byte> encoded, IBufferWriter<byte> output)
    {
        foreach (var segment in encoded)
        {
            Decode(segment.Span, output);
        }
    }

    /// <summary>The message ends here.</summary>
    public void End()
    {
        var isWhole = _carried == 0;
        (_carried, _isPadded) = (0, false);
        if (!isWhole)
        {
            throw Invalid();
        }
    }

    private static ProtocolException Invalid() => new("A WebSocket message is not base64.", WebSocketCloseCode.InvalidPayload);

    private void Decode(ReadOnlySpan<byte> encoded, IBufferWriter<byte> output)
    {
        if (_carried > 0)
        {
            var taken = Math.Min(Quantum - _carried, encoded.Length);
            encoded[..taken].CopyTo(_carry.AsSpan(_carried));
            encoded = encoded[taken..];
            _carried += taken;
            if (_carried < Quantum)
            {
                return;
            }

            _carried = 0;
            DecodeQuanta(_carry, output);
        }

        var whole = encoded.Length / Quantum * Quantum;
        DecodeQuanta(encoded[..whole], output);
        encoded = encoded[whole..];
        encoded.CopyTo(_carry);
        _carried = encoded.Length;
    }

    private void DecodeQuanta(ReadOnlySpan<byte> encoded, IBufferWriter<byte> output)
    {
        if (encoded.IsEmpty)
        {
            return;
        }

        var span = output.GetSpan(Base64.GetMaxDecodedFromUtf8Length(encoded.Length));
        if (_isPadded
            || Base64.DecodeFromUtf8(encoded, span, out var consumed, out var written) != OperationStatus.Done
            || consumed != encoded.Length)
        {
            throw Invalid();
        }

        _isPadded = encoded[^1] == '=';
        output.Advance(written);
    }
}
