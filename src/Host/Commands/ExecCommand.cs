using System.CommandLine;
using VirtualKubelet.Host.Commands.Sessions;
using VirtualKubelet.Kubelet.Client;

namespace VirtualKubelet.Host.Commands;

/// <summary><c>vk-slurm exec</c>: runs a command in a container; its exit code becomes ours.</summary>
internal static class ExecCommand
{
    public static Command Create()
    {
        var options = new SessionOptions();
        var words = new Argument<string[]>("COMMAND") { Description = "Program and arguments, after --.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("exec", "Run a command in a container.");
        options.AddTo(command);
        command.Add(words);
        command.SetAction((parsed, cancellationToken) => ClientErrors.RunAsync(
            async () =>
            {
                using var client = new KubeletClient(options.Connection.Read(parsed));
                var target = await options.ReadAsync(client, parsed, cancellationToken);
                var request = new ExecRequest(target.Namespace, target.Pod, target.Container!, parsed.GetRequiredValue(words))
                {
                    Stdin = parsed.GetValue(options.Stdin),
                    Tty = parsed.GetValue(options.Tty),
                };
                await using var session = await PodTrouble.ExplainAsync(
                    client, target, () => client.ExecAsync(request, cancellationToken), cancellationToken);
                return await new LocalStreams(session, request.Tty).RunAsync(cancellationToken);
            },
            cancellationToken));
        return command;
    }
}
