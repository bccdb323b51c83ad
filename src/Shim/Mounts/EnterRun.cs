using System.Runtime.InteropServices;
using System.Text;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol;
using VirtualKubelet.Shim.Runtimes;
using VirtualKubelet.Shim.State;
using VirtualKubelet.Shim.Supervision;

namespace VirtualKubelet.Shim.Mounts;

/// <summary>
/// <c>vk-slurm-shim enter</c>: in a fresh mount namespace, mounts a container's volumes, gives up what allowed that, and becomes the program.
/// Tells its parent how it went (<see cref="StartReport"/>).
/// </summary>
internal static class EnterRun
{
    /// <summary>Does not return where all went well.</summary>
    public static int Run(CommandLine command)
    {
        InheritedDescriptors.CloseOnExec();
        StartReport.Begin();
        try
        {
            Mount(command);
            if (!Namespaces.IsRoot)
            {
                DropCapabilities();
            }

            Become(command.Arguments);
        }
        catch (ContainerStartException e)
        {
            StartReport.Fail(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ShimException)
        {
            StartReport.Fail($"cannot mount the volumes: {e.Message}");
        }

        return ShimExitCodes.Internal;
    }

    private static void Mount(CommandLine command)
    {
        var layout = new PodDirectoryLayout(command.PodDirectory);
        var plan = PlanReader.Read(layout);
        var container = plan.InitContainers.Concat(plan.Containers).FirstOrDefault(c => c.Name == command.Container)
            ?? throw new ContainerStartException($"the pod has no container \"{command.Container}\"");

        // The same path leads elsewhere once the root is another one.
        var directory = Path.GetFullPath(command.Directory is { Length: > 0 } given ? given : ".");
        new ContainerRoot(layout).Enter(container.Mounts);
        if (Libc.ChangeDirectory(directory) != 0)
        {
            throw new ContainerStartException($"working directory \"{directory}\": {Reason()}");
        }
    }

    private static string Reason() =>
        Marshal.GetLastPInvokeError() == LinuxConstants.NoSuchFile ? "no such directory" : Marshal.GetLastPInvokeErrorMessage();

    // unshare passed them on as ambient ones, which would stay. Nothing effective, permitted or inheritable leaves no ambient one either.
    private static unsafe void DropCapabilities()
    {
        var header = stackalloc uint[] { LinuxConstants.CapabilityVersion, 0 };
        var none = stackalloc uint[6];
        new Span<uint>(none, 6).Clear();
        if (Libc.SetCapabilities(header, none) != 0)
        {
            throw new ContainerStartException($"cannot give up capabilities: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    private static unsafe void Become(IReadOnlyList<string> command)
    {
        List<byte[]> arguments = [.. command.Select(Encoding.UTF8.GetBytes)];
        var environment = JobEnvironment.Read().With([]);
        var path = ExecutableLookup.Find(arguments[0], environment, workingDirectory: null) ?? throw CommandStart.NotFound(command[0]);

        // .NET ignores it, which would stay.
        _ = Libc.Signal(LinuxConstants.SigPipe, LinuxConstants.SignalDefault);
        using var nativePath = new NativeStrings([path]);
        using var nativeArguments = new NativeStrings(arguments);
        using var nativeEnvironment = new NativeStrings(environment);
        _ = Libc.Execute(nativePath.First, nativeArguments.Pointers, nativeEnvironment.Pointers);
        throw new ContainerStartException(StartErrors.Describe(new(Marshal.GetLastPInvokeError()), command[0], arguments, environment));
    }
}
