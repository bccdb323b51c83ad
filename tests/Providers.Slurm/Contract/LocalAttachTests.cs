using VirtualKubelet.Providers.Contract;

namespace VirtualKubelet.Providers.Slurm.Tests.Contract;

public sealed class LocalAttachTests() : AttachContract(new LocalHost());
