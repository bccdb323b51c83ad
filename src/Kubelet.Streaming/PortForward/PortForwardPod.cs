namespace VirtualKubelet.Kubelet.Streaming.PortForward;

/// <summary>What error texts call the pod.</summary>
/// <param name="Id">Its id: the kubelet shows the sandbox id.</param>
/// <param name="Uid">Its UID.</param>
public sealed record PortForwardPod(string Id, string Uid);
