namespace VirtualKubelet.Host.Commands.Terminals;

/// <summary>Nobody reads our output any more.</summary>
internal sealed class BrokenPipeException() : IOException("nobody reads the output any more");
