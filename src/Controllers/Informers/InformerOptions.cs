using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.Informers;

/// <summary>Which objects an informer is about, and its patience.</summary>
internal sealed record InformerOptions
{
    /// <summary>The namespace; absent is all.</summary>
    public string? Namespace { get; init; }

    /// <summary>Such as <c>spec.nodeName=virtual-0</c>.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>The server is asked to end a watch after a time between this and twice this, by chance, as client-go asks it to.</summary>
    public TimeSpan MinWatchTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long after the agreed time the server may end a watch; one that is open still then is taken to be dead.</summary>
    public TimeSpan WatchGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A watch that tells nothing for so long is dropped and resumed, which costs one request. API servers send bookmarks about every minute,
    /// old ones (1.20) not as long as nothing of the kind changes.
    /// </summary>
    public TimeSpan MaxSilence { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>The wait after a first failure.</summary>
    public TimeSpan FirstRetryDelay { get; init; } = TimeSpan.FromMilliseconds(800);

    /// <summary>The longest wait after a failure, except when the server itself asks for a longer one.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pods of a node: the only ones a node may see.</summary>
    public static InformerOptions PodsOf(string nodeName) => new() { FieldSelector = $"spec.nodeName={nodeName}" };

    /// <summary>One object: the way in which a node may see a ConfigMap, a Secret or itself.</summary>
    public static InformerOptions Of(ObjectKey key) => new() { Namespace = key.Namespace, FieldSelector = $"metadata.name={key.Name}" };
}
