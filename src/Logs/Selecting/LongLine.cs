namespace VirtualKubelet.Logs.Selecting;

/// <summary>What happens to the rest of a line that is longer than the reader's window.</summary>
internal enum LongLine
{
    /// <summary>No such line is under way.</summary>
    None,

    /// <summary>It is passed on.</summary>
    Shown,

    /// <summary>It is filtered out.</summary>
    Hidden,

    /// <summary>It is no record and is skipped.</summary>
    Bad,
}
