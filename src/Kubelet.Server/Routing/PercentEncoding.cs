using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace VirtualKubelet.Kubelet.Server.Routing;

/// <summary>Percent-decoding as Go's <c>net/url</c> does it: a malformed escape is an error, never passed on as it stands.</summary>
internal static class PercentEncoding
{
    /// <summary>Decodes a path segment, where <c>+</c> is a plus.</summary>
    public static bool TryDecodeSegment(ReadOnlySpan<char> text, [NotNullWhen(true)] out string? decoded) =>
        TryDecode(text, plusIsSpace: false, out decoded);

    /// <summary>Decodes a query key or value, where <c>+</c> is a space.</summary>
    public static bool TryDecodeQuery(ReadOnlySpan<char> text, [NotNullWhen(true)] out string? decoded) =>
        TryDecode(text, plusIsSpace: true, out decoded);

    private static bool TryDecode(ReadOnlySpan<char> text, bool plusIsSpace, [NotNullWhen(true)] out string? decoded)
    {
        if (!text.ContainsAny('%', '+'))
        {
            decoded = text.ToString();
            return true;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            decoded = TryDecode(text, plusIsSpace, buffer, out var written) ? Encoding.UTF8.GetString(buffer, 0, written) : null;
            return decoded is not null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool TryDecode(ReadOnlySpan<char> text, bool plusIsSpace, Span<byte> destination, out int written)
    {
        written = 0;
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAny('%', '+');
            plain = plain < 0 ? text.Length : plain;
            written += Encoding.UTF8.GetBytes(text[..plain], destination[written..]);
            text = text[plain..];
            if (text.IsEmpty)
            {
                break;
            }

            if (text[0] == '+')
            {
                destination[written++] = plusIsSpace ? (byte)' ' : (byte)'+';
                text = text[1..];
                continue;
            }

            if (text.Length < 3 || !char.IsAsciiHexDigit(text[1]) || !char.IsAsciiHexDigit(text[2]))
            {
                return false;
            }

            destination[written++] = (byte)((HexValue(text[1]) << 4) | HexValue(text[2]));
            text = text[3..];
        }

        return true;
    }

    private static int HexValue(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
