namespace VirtualKubelet.Kubelet.Streaming.Tests.Spdy;

/// <summary>SYN_STREAM frames recorded from spdystream's own framer (Go): one exec session, seven forwarded connections, and a header with two values.</summary>
internal static class GoFrames
{
    public static readonly string[] Hex =
    [
        "80030001000000290000000100000000000078f9e3c6a7c26260606004a7b392a2d4c45c6851c29a0a0a6800000000ffff",
        "800300010000001700000003000000000000c22e555c92929907000000ffff",
        "800300010000001900000005000000000000c22ac5565c92925f5a02000000ffff",
        "800300010000001500000007000000000000c229975a5404000000ffff",
        "800300010000001800000009000000000000c22e57945a9c59950a000000ffff",
        "800300010000002d0000000b00000000000002257fdc2e6129c82f02e7450b030b03060606ce224882ca046534460300000000ffff",
        "80030001000000180000000d000000000000c2aa1954222612d60b000000ffff",
        "800300010000001a0000000f00000000000022ce62661313630cbd8600000000ffff",
        "80030001000000190000001100000000000082eac514c5ef12906100000000ffff",
        "800300010000001600000013000000000000c2aad588c81000000000ffff",
        "800300010000001400000015000000000000a2c0bf4600000000ffff",
        "800300010000001400000017000000000000a2c0bfc600000000ffff",
        "80030001000000150000001900000000000022ca5eec5a01000000ffff",
        "80030001000000140000001b000000000000a2247e4d00000000ffff",
        "80030001000000140000001d000000000000a2c0bf2600000000ffff",
        "80030001000000180000001f00000000000082eac5eb3a531c2e03000000ffff",
        "80030001000000140000002100000000000022dfbfa600000000ffff",
        "800300010000001600000023000000000000c21abf66448600000000ffff",
        "800300010000001400000025000000000000a2c0bf6600000000ffff",
        "800300010000001e00000027000000000000826632b60adddcc43c70bd95c89004000000ffff",
    ];

    /// <summary>What the frames say.</summary>
    public static readonly Dictionary<string, string>[] Headers =
    [
        .. new[] { "error", "stdin", "stdout", "stderr", "resize" }.Select(type => new Dictionary<string, string> { ["streamtype"] = type }),
        .. Enumerable.Range(0, 7).SelectMany(i => new[] { "error", "data" }.Select(type => new Dictionary<string, string>
        {
            ["streamtype"] = type, ["port"] = i % 2 == 0 ? "8080" : "443", ["requestid"] = $"{i}",
        })),
        new() { ["x-many"] = "a\0b" },
    ];

    public static byte[][] Frames => [.. Hex.Select(Convert.FromHexString)];
}
