using System.Text.Json;
using VirtualKubelet.Shim.Output;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Shim.State;

/// <summary>Reads <c>stop.json</c>, the agent's wish to end the pod.</summary>
internal sealed class StopFile(PodDirectoryLayout layout, Journal journal)
{
    /// <summary>The wish, or null when there is none or it cannot be read.</summary>
    public StopRequest? Read()
    {
        try
        {
            // NFS remembers for up to a minute that a file was not there; listing the directory makes it look again.
            return Directory.EnumerateFiles(layout.Root).Contains(layout.StopFile)
                ? PodFiles.Read(layout.StopFile, ShimJson.Files.StopRequest)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            journal.Report($"{layout.StopFile}: {e.Message}; the pod's own grace period applies");
            return null;
        }
    }
}
