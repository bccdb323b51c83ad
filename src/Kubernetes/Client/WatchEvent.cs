namespace VirtualKubelet.Kubernetes.Client;

/// <summary>One event of a watch.</summary>
/// <param name="Type">What it says.</param>
/// <param name="Object">The object; of a bookmark only its version means anything.</param>
/// <param name="ResourceVersion">Where a watch that resumes after this event begins.</param>
public sealed record WatchEvent<T>(WatchEventType Type, T Object, string ResourceVersion)
    where T : class, IKubernetesObject;
