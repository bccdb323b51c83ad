using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace VirtualKubelet.Kubelet.Server.Hosting;

/// <summary>Gives Kestrel <see cref="ConnectionBlocks"/>, the same ones for each of its I/O queues.</summary>
internal sealed class ConnectionBlocksFactory : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => ConnectionBlocks.Shared;
}
