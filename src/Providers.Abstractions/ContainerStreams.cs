using System.IO.Pipelines;
using System.Threading.Channels;

namespace VirtualKubelet.Providers;

/// <summary>
/// The caller's ends of a process's streams; absent ones are not used. They stay the caller's: the provider completes none of them. What is
/// written has been flushed when the call returns. A writer whose reader has completed discards the rest.
/// </summary>
public sealed record ContainerStreams
{
    /// <summary>What the process reads; its end is the process's end of file.</summary>
    public PipeReader? Stdin { get; init; }

    /// <summary>What the process writes; with a terminal, all of it.</summary>
    public PipeWriter? Stdout { get; init; }

    /// <summary>What the process writes to its stderr; nothing with a terminal.</summary>
    public PipeWriter? Stderr { get; init; }

    /// <summary>Sizes of the terminal as they change. One that is there at once is in force before the process starts.</summary>
    public ChannelReader<TerminalSize>? Resizes { get; init; }
}
