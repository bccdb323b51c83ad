using System.Buffers;
using VirtualKubelet.Logs.Files;

namespace VirtualKubelet.Logs.Reading;

/// <summary>Finds where the last N lines begin, reading backwards from the end and never more than those lines and one block.</summary>
internal static class TailScanner
{
    private const int BlockBytes = 64 * 1024;

    /// <summary>Offset behind the (N+1)-th line feed from the end, or 0; an incomplete last line is not one of the N.</summary>
    /// <param name="file">The log.</param>
    /// <param name="lines">N, ≥ 0.</param>
    /// <param name="length">Where the file counts as ended; it may have grown since.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public static async ValueTask<long> FindStartAsync(LogFile file, long lines, long length, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            var right = length;
            while (right > 0)
            {
                var left = Math.Max(0, right - BlockBytes);
                var read = await file.ReadFullyAsync(buffer.AsMemory(0, (int)(right - left)), left, cancellationToken);
                var start = FindInBlock(buffer.AsSpan(0, read), ref lines);
                if (start >= 0)
                {
                    return left + start;
                }

                right = left;
            }

            return 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int FindInBlock(ReadOnlySpan<byte> block, ref long lines)
    {
        var inBlock = block.Count((byte)'\n');
        if (inBlock <= lines)
        {
            lines -= inBlock;
            return -1;
        }

        for (; lines >= 0; lines--)
        {
            block = block[..block.LastIndexOf((byte)'\n')];
        }

        return block.Length + 1;
    }
}
