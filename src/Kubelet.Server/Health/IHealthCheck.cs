namespace VirtualKubelet.Kubelet.Server.Health;

/// <summary>One check behind <c>/healthz</c>.</summary>
internal interface IHealthCheck
{
    /// <summary>Its name in paths and answers.</summary>
    string Name { get; }

    /// <summary>What is wrong; null when nothing is.</summary>
    string? FindFault();
}
