using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace VirtualKubelet.Controllers.Nodes;

/// <summary>What a node is made of, for <c>status.nodeInfo</c>.</summary>
internal sealed record NodeMachine
{
    private const string BootIdFile = "/proc/sys/kernel/random/boot_id";
    private const string ReleaseFile = "/etc/os-release";

    /// <summary>32 hexadecimal digits.</summary>
    public string MachineId { get; init; } = "";

    /// <summary>A UUID.</summary>
    public string SystemUuid { get; init; } = "";

    /// <summary>A UUID, another one after each boot.</summary>
    public string BootId { get; init; } = "";

    /// <summary>Such as <c>6.1.0-18-amd64</c>.</summary>
    public string KernelVersion { get; init; } = "";

    /// <summary>Such as <c>Debian GNU/Linux 12 (bookworm)</c>.</summary>
    public string OsImage { get; init; } = "";

    /// <summary>Go's word for the system that pods run on.</summary>
    public string OperatingSystem { get; init; } = "linux";

    /// <summary>Go's word for the processors that pods run on.</summary>
    public string Architecture { get; init; } = "amd64";

    /// <summary>
    /// The machine of the agent, taken for that of the pods. Several virtual nodes of one machine get identities of their own, as software that
    /// counts nodes by them expects.
    /// </summary>
    public static NodeMachine Read(string nodeName)
    {
        var seed = SHA256.HashData(Encoding.UTF8.GetBytes($"{FirstLine("/etc/machine-id")}/{nodeName}"));
        return new NodeMachine
        {
            MachineId = Convert.ToHexStringLower(seed.AsSpan(0, 16)),
            SystemUuid = new Guid(seed.AsSpan(16, 16)).ToString(),
            BootId = FirstLine(BootIdFile),
            KernelVersion = FirstLine("/proc/sys/kernel/osrelease"),
            OsImage = ReadOsImage(),
            Architecture = RuntimeInformation.OSArchitecture switch
            {
                System.Runtime.InteropServices.Architecture.X64 => "amd64",
                var other => other.ToString().ToLowerInvariant(),
            },
        };
    }

    private static string ReadOsImage()
    {
        const string name = "PRETTY_NAME=";
        return Lines(ReleaseFile).FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal))?[name.Length..].Trim('"', '\'') ?? "Linux";
    }

    private static string FirstLine(string path) => Lines(path).FirstOrDefault()?.Trim() ?? "";

    // A machine may lack any of these files; what is then empty is no error to the API.
    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
