using VirtualKubelet.Providers.Contract;

namespace VirtualKubelet.Providers.Slurm.Tests.Contract;

public sealed class LocalVolumeTests() : VolumeContract(new LocalHost());
