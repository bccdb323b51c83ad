using System.Threading.Channels;
using Wire = VirtualKubelet.Kubelet.Streaming.RemoteCommand;

namespace VirtualKubelet.Kubelet.Server.RemoteCommand;

/// <summary>Terminal sizes as they came over the wire, in the provider's type. A view, not a copy: whatever waits is there at once.</summary>
internal sealed class ProviderSizes(ChannelReader<Wire.TerminalSize> wire) : ChannelReader<Providers.TerminalSize>
{
    public override Task Completion => wire.Completion;

    public override bool CanCount => wire.CanCount;

    public override int Count => wire.Count;

    public override bool CanPeek => wire.CanPeek;

    public override bool TryRead(out Providers.TerminalSize item)
    {
        var isRead = wire.TryRead(out var size);
        item = Convert(size);
        return isRead;
    }

    public override bool TryPeek(out Providers.TerminalSize item)
    {
        var isThere = wire.TryPeek(out var size);
        item = Convert(size);
        return isThere;
    }

    public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) => wire.WaitToReadAsync(cancellationToken);

    private static Providers.TerminalSize Convert(Wire.TerminalSize size) => new(size.Width, size.Height);
}
