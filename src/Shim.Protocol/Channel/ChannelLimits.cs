namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>The bounds of the channel's wire format; both ends hold each other to them.</summary>
public static class ChannelLimits
{
    /// <summary>The wire format this build speaks; a peer of another version is refused.</summary>
    public const int Version = 1;

    /// <summary>Bytes of one <see cref="FrameType.Data"/> frame, at most.</summary>
    public const int MaxData = 64 * 1024;

    /// <summary>Bytes of one lane that may be under way at first, sent and not yet taken by the receiving end's consumer.</summary>
    public const int Window = 256 * 1024;

    /// <summary>Bytes of one lane that may be under way once its consumer has shown that it takes them.</summary>
    public const int MaxWindow = 1024 * 1024;

    /// <summary>Bytes by which the windows of all lanes of an end together may have grown.</summary>
    public const int ReserveBytes = 8 * 1024 * 1024;

    /// <summary>Bytes of a message that opens a session: Linux takes 2 MiB of arguments unless a site raises its stack limit, and JSON may escape.</summary>
    public const int MaxOpening = 4 * 1024 * 1024;

    /// <summary>Bytes of a greeting or of a closing message.</summary>
    public const int MaxText = 64 * 1024;

    /// <summary>Sessions of one channel at once.</summary>
    public const int MaxSessions = 4096;

    /// <summary>Bytes that may precede the preamble: what a site's task prolog prints.</summary>
    public const int MaxNoise = 64 * 1024;
}
