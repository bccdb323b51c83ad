using Microsoft.Extensions.Hosting;

namespace VirtualKubelet.Kubelet.Server.Hosting;

/// <summary>Leaves signals and the console to the program that hosts the server; ASP.NET would listen to them on its own.</summary>
internal sealed class HostDecidesLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
