namespace VirtualKubelet.Kubelet.Server.Sessions;

/// <summary>What a session is for.</summary>
internal enum SessionKind
{
    Exec,
    Attach,
    PortForward,
}
