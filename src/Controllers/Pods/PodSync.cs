using Microsoft.Extensions.Logging;
using VirtualKubelet.Controllers.Validation;
using VirtualKubelet.Controllers.Workloads;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>Brings the provider in step with what is wanted, one name at a time. What fails for now is thrown and tried again by the caller.</summary>
internal sealed class PodSync(PodTable table, ProviderCalls provider, PodControllerOptions options, ILogger logger)
{
    /// <summary>Takes steps until there is none left; false to look again later.</summary>
    /// <exception cref="ProviderException">A step is impossible now.</exception>
    public async Task<bool> SyncAsync(PodKey key, CancellationToken cancellationToken)
    {
        while (true)
        {
            switch (table.NextStep(key))
            {
                case PodStep.Create step:
                    await CreateAsync(step.Pod, cancellationToken);
                    break;
                case PodStep.Update step:
                    await UpdateAsync(step.Pod, cancellationToken);
                    break;
                case PodStep.Delete step:
                    await DeleteAsync(step, cancellationToken);
                    break;
                case var step:
                    return step is PodStep.None;
            }
        }
    }

    private async Task CreateAsync(Pod pod, CancellationToken cancellationToken)
    {
        try
        {
            var (workload, errors) = await ResolveAsync(pod, cancellationToken);
            if (workload is null)
            {
                Fail(pod, PodFailureReasons.InvalidPod, Join(errors));
                return;
            }

            await provider.CreateAsync(workload, cancellationToken);
            table.MarkApplied(pod);
            logger.PodCreated(PodKey.Of(pod), pod.Metadata.Uid!);
        }
        catch (ProviderException exception) when (exception.Kind == ProviderErrorKind.Invalid)
        {
            Fail(pod, PodFailureReasons.InvalidPod, exception.Message);
        }
        catch (ProviderException exception) when (exception.Kind == ProviderErrorKind.Rejected)
        {
            Fail(pod, PodFailureReasons.Rejected, "Pod was rejected: " + exception.Message);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            table.MarkDelayed(pod, PodFailureReasons.Unavailable, exception is ProviderException ? exception.Message : "internal error; see the agent's log");
            throw;
        }
    }

    private async Task UpdateAsync(Pod pod, CancellationToken cancellationToken)
    {
        try
        {
            var (workload, errors) = await ResolveAsync(pod, cancellationToken);
            if (workload is null)
            {
                Keep(pod, Join(errors));
                return;
            }

            await provider.UpdateAsync(workload, cancellationToken);
            table.MarkApplied(pod);
        }
        catch (ProviderException exception) when (exception.Kind == ProviderErrorKind.NotFound)
        {
            table.MarkUnknown(new Workload(pod).Id);
        }
        catch (ProviderException exception) when (exception.Kind is ProviderErrorKind.Invalid or ProviderErrorKind.Rejected)
        {
            Keep(pod, exception.Message);
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

    private async Task<ResolvedWorkload> ResolveAsync(Pod pod, CancellationToken cancellationToken)
    {
        var errors = PodValidator.Validate(pod);
        if (errors.Count > 0)
        {
            return new ResolvedWorkload(null, errors);
        }

        var allocatable = WorkloadResolver.NeedsNode(pod)
            ? (await provider.GetNodeAsync(cancellationToken)).Allocatable
            : new Dictionary<string, Quantity>();
        return WorkloadResolver.Resolve(pod, new WorkloadContext { NodeName = options.NodeName, HostAddress = options.HostAddress, Allocatable = allocatable });
    }

    private void Fail(Pod pod, string reason, string message)
    {
        table.MarkFailed(pod, reason, message);
        logger.PodInvalid(PodKey.Of(pod), pod.Metadata.Uid!, message);
    }

    private void Keep(Pod pod, string message)
    {
        table.MarkApplied(pod);
        logger.UpdateImpossible(PodKey.Of(pod), pod.Metadata.Uid!, message);
    }

    private static string Join(IReadOnlyList<FieldError> errors) => PodFailureReasons.Join([.. errors.Select(e => e.ToString())]);
}
