using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.EndToEnd;

/// <summary>Jobs that end and are forgotten by the queue while no agent looks. The queue forgets once a minute, so that one test sees to several.</summary>
public abstract class LostJobTests(SlurmCluster cluster)
{
    protected const int Deadline = 240_000;

    [Fact(Timeout = Deadline)]
    public async Task Jobs_that_vanished_unseen_are_judged_by_what_their_shims_left_and_never_succeed_without_it()
    {
        await using var agent = await Agent.StartAsync(cluster);
        var go = agent.Files.Scratch("go");
        agent.Declare(Manifest.Pod("good", $"while ! [ -e {go} ]; do sleep 0.05; done; echo fine"));
        agent.Declare(Manifest.Pod("bad", $"while ! [ -e {go} ]; do sleep 0.05; done; exit 5"));
        agent.Declare(Manifest.Pod("mute", $"while ! [ -e {go} ]; do sleep 0.05; done; echo fine"));
        foreach (var name in new[] { "good", "bad", "mute" })
        {
            await agent.WaitForPhaseAsync(name, PodPhases.Running);
        }

        await agent.KillAsync();
        await File.WriteAllTextAsync(go, "");
        await WaitUntilForgottenAsync();
        File.Delete(Path.Combine(agent.Files.PodDirectory("mute"), "state.json"));
        await agent.StartAsync();

        Assert.Equal(PodPhases.Succeeded, (await agent.WaitForEndAsync("good")).Status!.Phase);
        Assert.Equal("fine\n", await agent.LogsAsync("good"));
        var failed = (await agent.WaitForEndAsync("bad")).Status!;
        Assert.Equal((PodPhases.Failed, 5), (failed.Phase, failed.ContainerStatuses![0].State!.Terminated!.ExitCode));
        var lost = (await agent.WaitForEndAsync("mute")).Status!;
        Assert.Equal((PodPhases.Failed, "SlurmJobLost"), (lost.Phase, lost.Reason));
    }

    protected Task WaitUntilForgottenAsync() => Poll.UntilAsync(
        async () => string.IsNullOrWhiteSpace(await cluster.SlurmAsync("squeue", "--noheader", "--states=all")), "Slurm to forget its jobs", TimeSpan.FromMinutes(3));
}
