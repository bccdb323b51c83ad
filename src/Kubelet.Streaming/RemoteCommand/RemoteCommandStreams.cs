namespace VirtualKubelet.Kubelet.Streaming.RemoteCommand;

/// <summary>What a client asked for with <c>input</c>, <c>output</c>, <c>error</c> and <c>tty</c>. For attach, <see cref="Tty"/> is the container spec's.</summary>
public sealed record RemoteCommandStreams
{
    /// <summary>Whether the client sends input.</summary>
    public bool Stdin { get; init; }

    /// <summary>Whether the client wants output.</summary>
    public bool Stdout { get; init; }

    /// <summary>Whether the client wants error output. A terminal has none of its own: with <see cref="Tty"/> it is dropped silently, as the kubelet does.</summary>
    public bool Stderr { get; init; }

    /// <summary>Whether the command has a terminal.</summary>
    public bool Tty { get; init; }

    /// <summary>Whether anything was asked for; if not, the answer is 400.</summary>
    public bool IsValid => Stdin || Stdout || Stderr;

    internal bool HasStderr => Stderr && !Tty;
}
