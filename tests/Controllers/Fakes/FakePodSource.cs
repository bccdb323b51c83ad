using System.Runtime.CompilerServices;
using System.Threading.Channels;
using VirtualKubelet.Controllers.Pods;

namespace VirtualKubelet.Controllers.Tests.Fakes;

/// <summary>A pod source that tells what a test writes; a new enumeration reads on, unless the test prepared it.</summary>
internal sealed class FakePodSource : IPodSource
{
    private Channel<PodSourceEvent> _events = Channel.CreateUnbounded<PodSourceEvent>();

    public void Declare(DeclaredPod pod) => _events.Writer.TryWrite(new PodSourceEvent.Declared(pod));

    public void Withdraw(DeclaredPod pod) => _events.Writer.TryWrite(new PodSourceEvent.Withdrawn(pod.Key));

    public void EndListing() => _events.Writer.TryWrite(new PodSourceEvent.Listed());

    /// <summary>The present enumeration fails; the next one tells what is written from now on.</summary>
    public void Break()
    {
        var broken = Interlocked.Exchange(ref _events, Channel.CreateUnbounded<PodSourceEvent>());
        broken.Writer.TryComplete(new IOException("the source broke"));
    }

    public async IAsyncEnumerable<PodSourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var news in _events.Reader.ReadAllAsync(cancellationToken))
        {
            yield return news;
        }
    }
}
