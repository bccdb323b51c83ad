using Microsoft.Extensions.Logging.Abstractions;
using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Controllers.Tests.Fakes;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Controllers.Tests.Pods;

public sealed class PodTableTests
{
    [Fact]
    public void A_deletion_answered_after_the_pod_was_gone_does_not_bring_it_back()
    {
        var time = new FakeTimeProvider();
        var table = new PodTable(new PodStore(), new PodStatusBuilder("10.0.0.1", time), new NoEvents(), time, NullLogger.Instance);
        var grace = TimeSpan.FromSeconds(5);
        var pod = TestPods.Declared() with { RunsOnce = true, Deletion = grace };
        var ended = new PodStatus { Phase = PodPhases.Succeeded, ContainerStatuses = [TestPods.Ended("main", 0)] };
        table.Apply(new PodSourceEvent.Declared(pod));
        Assert.IsType<PodStep.Delete>(table.NextStep(pod.Key));

        table.Apply(new WorkloadStatus { Id = pod.Id(), Status = ended, Gone = true });
        table.MarkDeleting(pod.Id(), grace);

        var report = table.Find(pod.Key, pod.Uid)!;
        Assert.Equal((PodPhases.Succeeded, true), (report.Status.Phase, report.IsOver));
        Assert.IsType<PodStep.None>(table.NextStep(pod.Key));
    }
}
