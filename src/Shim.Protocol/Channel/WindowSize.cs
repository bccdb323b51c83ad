namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>The size of a terminal in characters.</summary>
/// <param name="Width">Columns; 0 is unknown.</param>
/// <param name="Height">Rows; 0 is unknown.</param>
public readonly record struct WindowSize(ushort Width, ushort Height)
{
    /// <summary>As the number of a <see cref="FrameType.Resize"/> frame.</summary>
    public uint ToNumber() => ((uint)Width << 16) | Height;

    /// <summary>From the number of a <see cref="FrameType.Resize"/> frame.</summary>
    public static WindowSize FromNumber(uint number) => new((ushort)(number >> 16), (ushort)number);
}
