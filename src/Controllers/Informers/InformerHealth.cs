using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.Informers;

/// <summary>How an informer is doing.</summary>
/// <param name="HasSynced">Whether there has been a complete list.</param>
/// <param name="SinceLastContact">
/// Time since the server last answered as it should: a list, the beginning of a watch, an event, a bookmark. Since the start if it never did.
/// Up to <see cref="InformerOptions.MaxSilence"/> and the time of a retry is nothing unusual.
/// </param>
/// <param name="LastError">What went wrong since the last contact; null when nothing did.</param>
internal sealed record InformerHealth(bool HasSynced, TimeSpan SinceLastContact, ApiException? LastError);
