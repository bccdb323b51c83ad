namespace VirtualKubelet.Kubelet.Client;

/// <summary>What answers does not speak a kubelet's protocol.</summary>
public sealed class KubeletProtocolException : IOException
{
    /// <summary>Makes the error.</summary>
    public KubeletProtocolException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the error.</summary>
    public KubeletProtocolException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
