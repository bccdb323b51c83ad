namespace VirtualKubelet.Shim.Runtimes;

/// <summary>A container could not be started; the message is meant for the pod's status.</summary>
internal sealed class ContainerStartException(string message) : Exception(message);
