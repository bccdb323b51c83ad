namespace VirtualKubelet.Logs.Following;

/// <summary>The kinds of <see cref="TailStep"/>.</summary>
internal enum TailStepKind
{
    /// <summary>Wait for the signal.</summary>
    Wait,

    /// <summary>Show the bytes of the step.</summary>
    Read,

    /// <summary>The file has ended and another one follows; ask again.</summary>
    NextFile,

    /// <summary>Everything has been shown.</summary>
    Ended,
}
