using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.Kubelet.Client;
using VirtualKubelet.Kubelet.Streaming.RemoteCommand;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.EndToEnd.Streaming;

/// <summary>Clients at a container's own streams.</summary>
public sealed class AttachTests(StreamingPod pod) : IClassFixture<StreamingPod>
{
    private const int Deadline = 240_000;

    [Fact(Timeout = Deadline)]
    [Trait("Item", "X20")]
    public async Task Two_clients_share_a_container_which_outlives_them_and_whose_end_is_a_success()
    {
        await DeclareAsync(Interactive("reader", "while read -r line; do echo \"got $line\"; if [ \"$line\" = quit ]; then exit 5; fi; done", tty: false));
        await using var first = await AttachAsync("reader");
        var second = await AttachAsync("reader");

        // The second one has joined when it hears itself.
        await second.AskAsync("one", "got one");
        await first.AskAsync("two", "got two");
        await second.ExpectAsync("got two");
        await second.DisposeAsync();
        await first.AskAsync("three", "got three");
        await using var third = await AttachAsync("reader");
        await third.AskAsync("quit", "got quit");
        await first.ExpectAsync("got quit");

        Assert.Equal((RemoteCommandOutcome.Exited, 0), Outcome(await first.EndAsync()));
        Assert.Equal((RemoteCommandOutcome.Exited, 0), Outcome(await third.EndAsync()));
        var ended = await pod.Agent.WaitForEndAsync("reader");
        Assert.Equal(5, ended.Status!.ContainerStatuses![0].State!.Terminated!.ExitCode);
        Assert.Equal("got one\ngot two\ngot three\ngot quit\n", await pod.Agent.LogsAsync("reader"));
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "X19")]
    public async Task A_containers_terminal_keeps_its_shell_from_one_client_to_the_next()
    {
        await DeclareAsync(Interactive("shell", "exec bash --norc --noprofile -i", tty: true));
        var first = await AttachAsync("shell", tty: true);
        await first.Session.ResizeAsync(new TerminalSize(111, 33), CancellationToken.None);
        await first.AskAsync("answer=$((6 * 7)); echo no''ted", "noted");
        while (!(await first.AskAsync("stty size; echo do''ne", "\ndone")).Contains("33 111", StringComparison.Ordinal))
        {
        }

        await first.DisposeAsync();
        await using var second = await AttachAsync("shell", tty: true);
        await second.AskAsync("echo it is $answer.", "it is 42.");
        await second.TypeAsync("exit 3\n");

        Assert.Equal((RemoteCommandOutcome.Exited, 0), Outcome(await second.EndAsync()));
        Assert.Equal(3, (await pod.Agent.WaitForEndAsync("shell")).Status!.ContainerStatuses![0].State!.Terminated!.ExitCode);
    }

    private static (RemoteCommandOutcome, int?) Outcome(RemoteCommandResult result) => (result.Outcome, result.ExitCode);

    private static Pod Interactive(string name, string script, bool tty)
    {
        var pod = Manifest.Pod(name, script);
        return pod with { Spec = pod.Spec with { Containers = [Manifest.Container("main", script) with { Stdin = true, Tty = tty }] } };
    }

    private async Task DeclareAsync(Pod declared)
    {
        pod.Agent.Declare(declared);
        await pod.Agent.WaitForPhaseAsync(declared.Metadata.Name!, PodPhases.Running);
    }

    private async Task<Conversation> AttachAsync(string name, bool tty = false) =>
        new(await pod.Agent.Client.AttachAsync(new AttachRequest("default", name, "main") { Stdin = true, Tty = tty }, CancellationToken.None));
}
