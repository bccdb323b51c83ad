namespace VirtualKubelet.Controllers.Informers;

/// <summary>How a watch ended that did not fail.</summary>
internal enum WatchEnd
{
    /// <summary>The server ended it.</summary>
    Ended,

    /// <summary>It said nothing for too long, or did not end when it should have.</summary>
    Stalled,

    /// <summary>Somebody wants a list.</summary>
    Interrupted,

    /// <summary>Its versions went back: the server remembers another history, as after a restored backup.</summary>
    WentBack,
}
