using System.CommandLine;
using VirtualKubelet.Host.Commands;

var root = new RootCommand("A Kubernetes node agent for Slurm: pods run as batch jobs, and the kubelet's API works on them.")
{
    RunCommand.Create(),
    CheckCommand.Create(),
    RenderCommand.Create(),
    PodsCommand.Create(),
    LogsCommand.Create(),
    ExecCommand.Create(),
    AttachCommand.Create(),
    PortForwardCommand.Create(),
};

// What stands on the command line of exec is meant for the pod: an @ in front of a word is no file of ours.
var parsing = new ParserConfiguration { ResponseFileTokenReplacer = null };
return await root.Parse(args, parsing).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
