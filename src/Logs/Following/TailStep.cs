using VirtualKubelet.Logs.Selecting;

namespace VirtualKubelet.Logs.Following;

/// <summary>What a follower does next.</summary>
/// <param name="Kind">What.</param>
/// <param name="Generation">The file to read.</param>
/// <param name="Offset">Where.</param>
/// <param name="Count">How many bytes.</param>
/// <param name="End">What follows them.</param>
internal readonly record struct TailStep(TailStepKind Kind, LogGeneration? Generation = null, long Offset = 0, int Count = 0, WindowEnd End = WindowEnd.More);
