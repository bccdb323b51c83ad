namespace VirtualKubelet.Shim.Protocol;

/// <summary>One container with everything resolved: no <c>$(VAR)</c> and no reference is left in it.</summary>
public sealed record ContainerPlan
{
    /// <summary>Where Kubernetes looks for the termination message of a container that does not say.</summary>
    public const string DefaultTerminationMessagePath = "/dev/termination-log";

    /// <summary>The container's name, unique in the pod.</summary>
    public required string Name { get; init; }

    /// <summary>The image as the pod names it; the Host runtime ignores it.</summary>
    public string? Image { get; init; }

    /// <summary>The entry point; empty leaves it to the image.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Arguments that follow the entry point.</summary>
    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>Variables in the order in which they are set; a later one of the same name wins.</summary>
    public IReadOnlyList<EnvironmentVariable> Environment { get; init; } = [];

    /// <summary>Directory the process starts in; absent leaves it to the runtime.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Where volumes appear in the container.</summary>
    /// <remarks>The accessor puts back the default: a pod of an earlier release has no such member.</remarks>
    public IReadOnlyList<MountPlan> Mounts { get; init => field = value ?? []; } = [];

    /// <summary>Keeps stdin open for those who attach; otherwise it is <c>/dev/null</c>.</summary>
    public bool Stdin { get; init; }

    /// <summary>Closes stdin for good when the first who attached with stdin has ended it or left.</summary>
    public bool StdinOnce { get; init; }

    /// <summary>Gives the container a terminal; all its output is then stdout.</summary>
    public bool Tty { get; init; }

    /// <summary>The file the container leaves its termination message in, as the container sees it; absent is <see cref="DefaultTerminationMessagePath"/>.</summary>
    public string? TerminationMessagePath { get; init; }

    /// <summary>What stands in for a message that was not written.</summary>
    public TerminationMessagePolicy TerminationMessagePolicy { get; init; }
}
