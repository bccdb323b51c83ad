namespace VirtualKubelet.Logs.Selecting;

/// <summary>What follows the last byte of a window onto a log file.</summary>
internal enum WindowEnd
{
    /// <summary>More may come: an incomplete line is left for the next window, which begins with it.</summary>
    More,

    /// <summary>More may come, but the window cannot grow: a line that fills it is passed on in pieces.</summary>
    Full,

    /// <summary>Nothing: an incomplete line is all there is of it.</summary>
    Final,
}
