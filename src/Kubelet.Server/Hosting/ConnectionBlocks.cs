using System.Buffers;
using System.Collections.Concurrent;

namespace VirtualKubelet.Kubelet.Server.Hosting;

/// <summary>
/// Kestrel's memory, in blocks of 64 KiB, four TLS records, instead of its own of 4 KiB: fewer system calls for what clients send.
/// It keeps 4 MiB for reuse at most; a connection without traffic holds no block.
/// </summary>
internal sealed class ConnectionBlocks : MemoryPool<byte>
{
    private const int BlockBytes = 64 * 1024;
    private const int MaxKept = 64;

    private readonly ConcurrentQueue<Block> _kept = new();
    private int _count;

    private ConnectionBlocks()
    {
    }

    /// <summary>Those of this process.</summary>
    public static new ConnectionBlocks Shared { get; } = new();

    public override int MaxBufferSize => BlockBytes;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
        if (!_kept.TryDequeue(out var block))
        {
            // Pinned, since a socket writes into it while the collector runs.
            return new Block(this, GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true));
        }

        Interlocked.Decrement(ref _count);
        return block;
    }

    // Shared: who disposes of it is not the only one.
    protected override void Dispose(bool disposing)
    {
    }

    private void Return(Block block)
    {
        if (Interlocked.Increment(ref _count) <= MaxKept)
        {
            _kept.Enqueue(block);
        }
        else
        {
            Interlocked.Decrement(ref _count);
        }
    }

    private sealed class Block(ConnectionBlocks pool, byte[] bytes) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory => bytes;

        public void Dispose() => pool.Return(this);
    }
}
