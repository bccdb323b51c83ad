using System.Buffers;
using System.Text;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Shim.Termination;

/// <summary>The text of <see cref="ContainerTerminated.Message"/>, put together and cut as a kubelet does.</summary>
internal static class MessageText
{
    private const int MaxPodBytes = 12 * 1024;

    /// <summary>Bytes that each container of a pod has for its message.</summary>
    public static int Share(PodPlan plan) => MaxPodBytes / (plan.InitContainers.Count + plan.Containers.Count);

    /// <summary>The shim's own words and the container's, the beginning of both together where they are too long; null when there are none.</summary>
    /// <param name="own">What the shim has to say.</param>
    /// <param name="said">What the container left to say, in UTF-8 or not.</param>
    /// <param name="limit">Most bytes, counted before what is not UTF-8 is replaced.</param>
    public static string? Join(string? own, byte[] said, int limit)
    {
        var separator = own is null || said.Length == 0 ? "" : ": ";
        byte[] bytes = [.. Encoding.UTF8.GetBytes(own + separator), .. said];
        return bytes.Length == 0 ? null : Decode(bytes.AsSpan(0, Math.Min(bytes.Length, limit)));
    }

    /// <summary>As Go writes a string into JSON: U+FFFD for every byte that belongs to no character, where .NET takes one for several.</summary>
    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        Span<char> characters = stackalloc char[2];
        while (!bytes.IsEmpty)
        {
            var isCharacter = Rune.DecodeFromUtf8(bytes, out var rune, out var length) == OperationStatus.Done;
            text.Append(characters[..rune.EncodeToUtf16(characters)]);
            bytes = bytes[(isCharacter ? length : 1)..];
        }

        return text.ToString();
    }
}
