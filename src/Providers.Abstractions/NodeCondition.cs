namespace VirtualKubelet.Providers;

/// <summary>One condition of the node.</summary>
/// <param name="Type">The type, such as <see cref="SlurmReachable"/>.</param>
/// <param name="Status">Whether it holds.</param>
/// <param name="Reason">One CamelCase word.</param>
/// <param name="Message">The same for people, in the backend's own words where it spoke.</param>
public sealed record NodeCondition(string Type, bool Status, string Reason, string Message)
{
    /// <summary>The backend answers. False never makes the node NotReady and never changes a pod.</summary>
    public const string SlurmReachable = "SlurmReachable";
}
