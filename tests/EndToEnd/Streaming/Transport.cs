namespace VirtualKubelet.EndToEnd.Streaming;

/// <summary>How a client speaks to the agent.</summary>
public enum Transport
{
    /// <summary>SPDY in a POST, as the API server sends it.</summary>
    Spdy,

    /// <summary>WebSocket channels in a GET, v5.</summary>
    WebSocket,
}
