using System.Globalization;

namespace VirtualKubelet.Logs.Writing;

/// <summary>The timestamp of a CRI record: UTC, nine fractional digits, <c>Z</c> (kubelet pkg/kubelet/kuberuntime/logs, RFC3339NanoFixed).</summary>
internal static class CriTimestamp
{
    /// <summary>Bytes of one timestamp.</summary>
    public const int Length = 30;

    /// <summary>Writes <paramref name="at"/> to the first <see cref="Length"/> bytes of <paramref name="destination"/>.</summary>
    public static void Write(DateTimeOffset at, Span<byte> destination)
    {
        // .NET ticks are 100 ns, so the last two digits are always zero.
        var fits = at.UtcDateTime.TryFormat(destination, out var written, "yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'", CultureInfo.InvariantCulture);
        System.Diagnostics.Debug.Assert(fits && written == Length, "the format has a fixed length");
    }
}
