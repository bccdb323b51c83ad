using System.Buffers;
using VirtualKubelet.Logs.Files;
using VirtualKubelet.Logs.Selecting;

namespace VirtualKubelet.Logs.Reading;

/// <summary>Looks at the first line to be read, so that an unsupported file is refused before anything is sent.</summary>
internal static class FormatProbe
{
    private const int ProbeBytes = 4096;

    /// <summary>Throws <see cref="UnsupportedLogFormatException"/>; a first line that does not fit, or is not complete yet, is judged when it is read.</summary>
    /// <param name="file">The log.</param>
    /// <param name="start">Where its first line to be read begins.</param>
    /// <param name="length">Where the file counts as ended.</param>
    /// <param name="isComplete">Whether an incomplete line at the end counts as it stands.</param>
    /// <param name="cancellationToken">Stops the look.</param>
    public static async ValueTask CheckAsync(LogFile file, long start, long length, bool isComplete, CancellationToken cancellationToken)
    {
        if (start >= length)
        {
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(ProbeBytes);
        try
        {
            var read = await file.ReadFullyAsync(buffer.AsMemory(0, ProbeBytes), start, cancellationToken);
            var line = buffer.AsSpan(0, read);
            var end = line.IndexOf((byte)'\n') + 1;
            if (end > 0 || (isComplete && read > 0 && read < ProbeBytes))
            {
                _ = LineFormats.Recognise(end > 0 ? line[..end] : line);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
