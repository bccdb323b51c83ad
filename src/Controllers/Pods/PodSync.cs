using Microsoft.Extensions.Logging;
using VirtualKubelet.Controllers.Events;
using VirtualKubelet.Controllers.Validation;
using VirtualKubelet.Controllers.Workloads;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>Brings the provider in step with what is wanted, one name at a time. What fails for now is thrown and tried again by the caller.</summary>
internal sealed class PodSync(PodTable table, ProviderCalls provider, PodResolver resolver, IEventRecorder events, ILogger logger)
{
    /// <summary>Takes steps until there is none left; false to look again later. Objects stay claimed as long as the pod needs them.</summary>
    /// <exception cref="ProviderException">A step is impossible now.</exception>
    public async Task<bool> SyncAsync(PodKey key, CancellationToken cancellationToken)
    {
        while (true)
        {
            switch (table.NextStep(key))
            {
                case PodStep.Create step when await CreateAsync(step.Pod, cancellationToken) is { } isKnown:
                    return isKnown;
                case PodStep.Create:
                    break;
                case PodStep.Update step:
                    await UpdateAsync(step.Pod, await resolver.ResolveUpdateAsync(step.Pod, cancellationToken), cancellationToken);
                    break;
                case PodStep.Refresh step when PodResolver.HasFiles(step.Pod):
                    if (await IsFreshAsync(step, cancellationToken))
                    {
                        return true;
                    }

                    break;
                case PodStep.Lose step:
                    table.MarkLost(step.Pod);
                    break;
                case PodStep.Delete step:
                    await DeleteAsync(step, cancellationToken);
                    break;
                case var step:
                    resolver.Release(key);
                    return step is not PodStep.LookAgain;
            }
        }
    }

    // Null when there is something to do next. Otherwise the pod waits for objects: true when their appearance will be told, false to look again.
    private async Task<bool?> CreateAsync(Pod pod, CancellationToken cancellationToken)
    {
        try
        {
            var resolved = await resolver.ResolveAsync(pod, cancellationToken);
            if (resolved.Errors.Count > 0)
            {
                Fail(pod, PodFailureReasons.InvalidPod, Join(resolved.Errors));
                return null;
            }

            if (resolved.Workload is not { } workload)
            {
                Wait(pod, resolved);

                // A volume is told of now and then as long as it is missing, as by a kubelet: nothing but an event says so, and events expire.
                return resolved.AllKnown && resolved.Unmounted.Count == 0;
            }

            foreach (var note in resolved.Skipped)
            {
                events.Record(PodReferences.Of(pod, note.Container), EventSeverity.Warning, PodEventReasons.InvalidVariableNames, note.Message);
            }

            await provider.CreateAsync(workload, cancellationToken);
            table.MarkCreated(pod, VolumeDigests.Of(workload.Volumes));
            logger.PodCreated(PodKey.Of(pod), pod.Metadata.Uid!);
        }
        catch (ProviderException exception) when (exception.Kind == ProviderErrorKind.Invalid)
        {
            Fail(pod, PodFailureReasons.InvalidPod, exception.Message);
        }
        catch (ProviderException exception) when (exception.Kind == ProviderErrorKind.Rejected)
        {
            Fail(pod, PodFailureReasons.OutOfPods, "Pod was rejected: " + exception.Message);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            var message = exception is ProviderException ? exception.Message : "internal error; see the agent's log";
            table.MarkDelayed(pod, PodFailureReasons.Unavailable, message);
            events.Record(PodReferences.Of(pod), EventSeverity.Warning, PodEventReasons.FailedCreate, message);
            throw;
        }

        return null;
    }

    private void Wait(Pod pod, ResolvedWorkload resolved)
    {
        if (resolved.Unmounted.Count > 0)
        {
            table.MarkUnmounted(pod);
            TellUnmounted(pod, resolved);
            logger.PodUnconfigured(PodKey.Of(pod), pod.Metadata.Uid!, string.Join("; ", resolved.Unmounted));
        }
        else if (resolved.Missing.Count > 0)
        {
            table.MarkUnconfigured(pod, resolved.Missing.ToDictionary(m => m.Container, m => m.Message, StringComparer.Ordinal));
            logger.PodUnconfigured(PodKey.Of(pod), pod.Metadata.Uid!, string.Join("; ", resolved.Missing.Select(m => $"{m.Container}: {m.Message}")));
        }
    }

    private void TellUnmounted(Pod pod, ResolvedWorkload resolved)
    {
        foreach (var message in resolved.Unmounted)
        {
            events.Record(PodReferences.Of(pod), EventSeverity.Warning, PodEventReasons.FailedMount, message);
        }
    }

    // False when there may be something to do next.
    private async Task<bool> IsFreshAsync(PodStep.Refresh step, CancellationToken cancellationToken)
    {
        var resolved = await resolver.ResolveUpdateAsync(step.Pod, cancellationToken);
        TellUnmounted(step.Pod, resolved);
        if (resolved.Workload is null || step.Given.Include(VolumeDigests.Of(resolved.Workload.Volumes)))
        {
            return true;
        }

        await UpdateAsync(step.Pod, resolved, cancellationToken);
        return false;
    }

    private async Task UpdateAsync(Pod pod, ResolvedWorkload resolved, CancellationToken cancellationToken)
    {
        var files = VolumeDigests.Of(resolved.Workload?.Volumes ?? []);
        try
        {
            if (resolved.Workload is not { } workload)
            {
                Keep(pod, files, Join(resolved.Errors));
                return;
            }

            await provider.UpdateAsync(workload, cancellationToken);
            table.MarkUpdated(pod, files);
        }
        catch (ProviderException exception) when (exception.Kind == ProviderErrorKind.NotFound)
        {
            table.MarkUnknown(new Workload(pod).Id);
        }
        catch (ProviderException exception) when (exception.Kind is ProviderErrorKind.Invalid or ProviderErrorKind.Rejected)
        {
            Keep(pod, files, exception.Message);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            table.MarkUncertain(pod);
            throw;
        }
    }

    private async Task DeleteAsync(PodStep.Delete step, CancellationToken cancellationToken)
    {
        try
        {
            await provider.DeleteAsync(step.Id, step.GracePeriod, cancellationToken);
            table.MarkDeleting(step.Id, step.GracePeriod);
            logger.PodDeleting(new PodKey(step.Id.Namespace, step.Id.Name), step.Id.Uid, step.GracePeriod);
        }
        catch (ProviderException exception) when (exception.Kind == ProviderErrorKind.NotFound)
        {
            table.MarkUnknown(step.Id);
        }
    }

    private void Fail(Pod pod, string reason, string message)
    {
        table.MarkFailed(pod, reason, message);
        logger.PodInvalid(PodKey.Of(pod), pod.Metadata.Uid!, message);
    }

    private void Keep(Pod pod, VolumeDigests files, string message)
    {
        table.MarkUpdated(pod, files);
        logger.UpdateImpossible(PodKey.Of(pod), pod.Metadata.Uid!, message);
    }

    private static string Join(IReadOnlyList<FieldError> errors) => PodFailureReasons.Join([.. errors.Select(e => e.ToString())]);
}
