using VirtualKubelet.Kubelet.Streaming.RemoteCommand;

namespace VirtualKubelet.Kubelet.Client;

/// <summary>A command to run in a container.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="Container">The container's name.</param>
/// <param name="Command">Program and arguments, passed on as they are: no shell is involved.</param>
public sealed record ExecRequest(string Namespace, string Pod, string Container, IReadOnlyList<string> Command)
{
    /// <summary>The pod's UID; null for whichever pod has the name.</summary>
    public string? Uid { get; init; }

    /// <summary>Whether input will be sent.</summary>
    public bool Stdin { get; init; }

    /// <summary>Whether output is wanted.</summary>
    public bool Stdout { get; init; } = true;

    /// <summary>Whether error output is wanted; a terminal has none of its own.</summary>
    public bool Stderr { get; init; } = true;

    /// <summary>Whether the command gets a terminal.</summary>
    public bool Tty { get; init; }

    internal RemoteCommandStreams Streams => new() { Stdin = Stdin, Stdout = Stdout, Stderr = Stderr && !Tty, Tty = Tty };

    /// <summary>Path and query on a kubelet; keys are sorted, as the API server sends them.</summary>
    internal string ToPathAndQuery() => RequestTarget.Of(
        "exec",
        [Namespace, Pod, Uid, Container],
        [
            .. Command.Select(word => ("command", (string?)word)),
            ("error", RequestTarget.Flag(Streams.Stderr)),
            ("input", RequestTarget.Flag(Stdin)),
            ("output", RequestTarget.Flag(Stdout)),
            ("tty", RequestTarget.Flag(Tty)),
        ]);
}
