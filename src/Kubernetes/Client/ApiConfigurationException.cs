namespace VirtualKubelet.Kubernetes.Client;

/// <summary>How to reach the API server is not said, or not said properly; the message names the file and what is wrong with it.</summary>
public sealed class ApiConfigurationException : Exception
{
    /// <summary>Makes the error.</summary>
    public ApiConfigurationException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
