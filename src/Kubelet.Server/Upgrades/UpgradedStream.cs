using VirtualKubelet.Kubelet.Streaming.Tls;
using VirtualKubelet.Kubelet.Streaming.Transport;

namespace VirtualKubelet.Kubelet.Server.Upgrades;

/// <summary>
/// An upgraded connection that speaks to its TLS stream itself. Kestrel's way there leads through pipes of small blocks, each of which becomes a TLS record of its own;
/// passing them by spares a third of the agent's time for bulk data. Asynchronous only.
/// </summary>
/// <param name="upgraded">What Kestrel hands out: it has what arrived with the request.</param>
/// <param name="tls">The connection below it, which nobody else uses after the 101.</param>
internal sealed class UpgradedStream(Stream upgraded, TlsRecordStream tls) : AsyncStream
{
    private bool _isDrained;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _isDrained ? tls.ReadAsync(buffer, cancellationToken) : ReadBufferedAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => tls.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => tls.FlushAsync(cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await upgraded.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <summary>Kestrel gives all that it has: what does not fill the buffer was the last of it.</summary>
    private async ValueTask<int> ReadBufferedAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = await upgraded.ReadAsync(buffer, cancellationToken);
        _isDrained = count < buffer.Length;
        return count;
    }
}
