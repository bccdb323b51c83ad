using VirtualKubelet.Shim;
using VirtualKubelet.Shim.Channel;
using VirtualKubelet.Shim.Descriptors;
using VirtualKubelet.Shim.Mounts;
using VirtualKubelet.Shim.Output;
using VirtualKubelet.Shim.Protocol;
using VirtualKubelet.Shim.State;
using VirtualKubelet.Shim.Supervision;

if (CommandLine.Parse(args) is not { } command)
{
    await Console.Error.WriteLineAsync(CommandLine.Usage);
    return ShimExitCodes.Usage;
}

switch (command.Command)
{
    case "version":
        Console.WriteLine($"vk-slurm-shim {ShimVersion.Text}");
        return 0;
    case "probe":
        Console.WriteLine(Probe.Line());
        return 0;
    case "enter":
        return EnterRun.Run(command);
}

if (command.FramesOnStderr)
{
    StandardStreams.ExchangeOutputs();
}

// First of all: an unhandled signal would end the shim without a word.
var signals = new StopSignals();
var journal = new Journal(TimeProvider.System);
try
{
    return command.Command == "channel"
        ? await ChannelRun.RunAsync(new(command.PodDirectory), command.FramesOnStderr, signals, TimeProvider.System, journal)
        : await PodRun.RunAsync(command, signals, TimeProvider.System, journal);
}
catch (ShimException e)
{
    journal.Report(e.Message);
    return e.ExitCode;
}
catch (Exception e)
{
    journal.Report($"internal error: {e}");
    return ShimExitCodes.Internal;
}
