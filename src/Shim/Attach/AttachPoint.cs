using VirtualKubelet.Shim.Descriptors;
using VirtualKubelet.Shim.Output;

namespace VirtualKubelet.Shim.Attach;

/// <summary>What one may attach to while a run of a container lasts.</summary>
/// <param name="Taps">Its output.</param>
/// <param name="Input">Its stdin; null when its spec has none.</param>
/// <param name="Terminal">Its terminal; null when its spec has none.</param>
internal sealed record AttachPoint(OutputTaps Taps, ContainerInput? Input, PseudoTerminal? Terminal) : IDisposable
{
    public void Dispose()
    {
        Input?.Dispose();
        Terminal?.Dispose();
    }
}
