using VirtualKubelet.Kubelet.Streaming.RemoteCommand;

namespace VirtualKubelet.Kubelet.Client;

/// <summary>A request for the streams of a container's own process.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="Container">The container's name.</param>
public sealed record AttachRequest(string Namespace, string Pod, string Container)
{
    /// <summary>The pod's UID; null for whichever pod has the name.</summary>
    public string? Uid { get; init; }

    /// <summary>Whether input will be sent; the container must have been declared with it.</summary>
    public bool Stdin { get; init; }

    /// <summary>Whether output is wanted.</summary>
    public bool Stdout { get; init; } = true;

    /// <summary>Whether error output is wanted; a terminal has none of its own.</summary>
    public bool Stderr { get; init; } = true;

    /// <summary>Whether the container was declared with a terminal whose size is to be told.</summary>
    public bool Tty { get; init; }

    internal RemoteCommandStreams Streams => new() { Stdin = Stdin, Stdout = Stdout, Stderr = Stderr && !Tty, Tty = Tty };

    /// <summary>Path and query on a kubelet; keys are sorted, as the API server sends them.</summary>
    internal string ToPathAndQuery() => RequestTarget.Of(
        "attach",
        [Namespace, Pod, Uid, Container],
        ("error", RequestTarget.Flag(Streams.Stderr)),
        ("input", RequestTarget.Flag(Stdin)),
        ("output", RequestTarget.Flag(Stdout)),
        ("tty", RequestTarget.Flag(Tty)));
}
