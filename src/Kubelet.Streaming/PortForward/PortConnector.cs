using System.IO.Pipelines;

namespace VirtualKubelet.Kubelet.Streaming.PortForward;

/// <summary>
/// Connects to a port of the pod. Whatever it throws is told to the client with the exception's message, and clients since Kubernetes 1.23 then end all of their forwarding.
/// In the pipe returned, completing the output means shutting down the sending direction; once both directions are completed, or disposed if it is disposable, it is closed.
/// </summary>
/// <param name="port">1 to 65535.</param>
/// <param name="cancellationToken">Cancelled when the client gives up.</param>
public delegate ValueTask<IDuplexPipe> PortConnector(int port, CancellationToken cancellationToken);
