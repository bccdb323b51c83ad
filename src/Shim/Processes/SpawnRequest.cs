namespace VirtualKubelet.Shim.Processes;

/// <summary>A process to start, everything as bytes.</summary>
internal sealed record SpawnRequest
{
    /// <summary>Where the process finds <see cref="Report"/>.</summary>
    public const int ReportDescriptor = 3;

    /// <summary>The executable, with a slash; relative paths count from <see cref="WorkingDirectory"/>.</summary>
    public required byte[] Path { get; init; }

    /// <summary>Arguments, the program's name first.</summary>
    public required IReadOnlyList<byte[]> Arguments { get; init; }

    /// <summary>Entries <c>NAME=VALUE</c>.</summary>
    public required IReadOnlyList<byte[]> Environment { get; init; }

    /// <summary>Where it starts; null leaves it where the shim is.</summary>
    public byte[]? WorkingDirectory { get; init; }

    /// <summary>Becomes file descriptor 0; null makes it <c>/dev/null</c>.</summary>
    public int? Stdin { get; init; }

    /// <summary>Path of a terminal that becomes file descriptor 0 and the controlling terminal, instead of <see cref="Stdin"/>; 0 is then right for the other two.</summary>
    public byte[]? Terminal { get; init; }

    /// <summary>Becomes file descriptor 1.</summary>
    public required int Stdout { get; init; }

    /// <summary>Becomes file descriptor 2.</summary>
    public required int Stderr { get; init; }

    /// <summary>Becomes <see cref="ReportDescriptor"/>, which no container has: for a program of ours that becomes one.</summary>
    public int? Report { get; init; }
}
