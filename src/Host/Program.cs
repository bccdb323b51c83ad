using System.CommandLine;
using VirtualKubelet.Host.Commands;

var root = new RootCommand("A Kubernetes node agent for Slurm: pods run as batch jobs, and the kubelet's API works on them.")
{
    RunCommand.Create(),
    CheckCommand.Create(),
    RenderCommand.Create(),
    PodsCommand.Create(),
    LogsCommand.Create(),
};
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
