namespace VirtualKubelet.Kubelet.Streaming.RemoteCommand;

/// <summary>The client did not open the streams that the session needs: it left, or took too long. Nothing may be run; the connection is closed.</summary>
public sealed class StreamsNotOpenedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public StreamsNotOpenedException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened.</param>
    public StreamsNotOpenedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">Why.</param>
    public StreamsNotOpenedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
