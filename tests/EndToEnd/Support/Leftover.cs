using System.Diagnostics;

namespace VirtualKubelet.EndToEnd.Support;

/// <summary>A process that a failed test would leave behind, and whose being there would hide why it failed.</summary>
internal sealed class Leftover(Process process) : IDisposable
{
    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
