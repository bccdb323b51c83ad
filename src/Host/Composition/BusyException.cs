namespace VirtualKubelet.Host.Composition;

/// <summary>Something on this machine that a node needs is in use, and may be free later.</summary>
internal sealed class BusyException(string message, Exception cause) : IOException(message, cause);
