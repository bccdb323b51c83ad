namespace VirtualKubelet.Kubelet.Client.PortForward;

/// <summary>How connections are made, best first.</summary>
internal enum PortForwardWay
{
    /// <summary>SPDY, which every kubelet knows.</summary>
    Spdy,

    /// <summary>SPDY in a WebSocket, for proxies that pass on nothing else; kubelets since 1.36.</summary>
    Tunnel,

    /// <summary>WebSocket channels.</summary>
    Channels,
}
