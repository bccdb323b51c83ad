using System.Text;
using System.Text.Json;
using VirtualKubelet.Shim.Processes;

namespace VirtualKubelet.Shim;

/// <summary>Tells <c>vk-slurm check</c> that the shim runs on this machine: to have been loaded at all is the proof.</summary>
internal static class Probe
{
    /// <summary>One line of JSON.</summary>
    public static string Line()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("version", ShimVersion.Text);
            json.WriteString("host", Environment.MachineName);
            json.WriteString("kernel", Environment.OSVersion.Version.ToString());
            json.WriteString("libc", LibcVersion());
            json.WriteBoolean("ok", true);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>Such as <c>glibc 2.36</c>; a libc that does not say is musl.</summary>
    private static unsafe string LibcVersion()
    {
        const int Size = 64;
        var buffer = stackalloc byte[Size];
        var length = (int)Libc.ConfStr(LinuxConstants.ConfStrLibcVersion, buffer, Size);
        return length is > 1 and <= Size ? Encoding.ASCII.GetString(buffer, length - 1) : "musl";
    }
}
