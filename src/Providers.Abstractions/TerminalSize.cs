namespace VirtualKubelet.Providers;

/// <summary>The size of a terminal in characters; zero is unknown.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
public readonly record struct TerminalSize(ushort Width, ushort Height);
