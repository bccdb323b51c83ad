using Microsoft.Extensions.Logging;
using VirtualKubelet.Controllers.Queues;
using VirtualKubelet.Kubernetes.Client;
using VirtualKubelet.Kubernetes.Coordination;

namespace VirtualKubelet.Controllers.Leadership;

/// <summary>Writes the lease of an agent that has it: renews it, re-creates it, gives it back. One caller at a time.</summary>
/// <param name="store">The lease on the API server.</param>
/// <param name="options">Who the agent is.</param>
/// <param name="lease">The lease as the agent took it.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where to say what fails.</param>
internal sealed class LeaseKeeper(LeaseStore store, NodeLeaseOptions options, Lease lease, TimeProvider time, ILogger logger)
{
    private Lease _lease = lease;
    private bool _isStale;

    /// <summary>Renews the lease, in several tries.</summary>
    /// <param name="prepare">Completes what is to be written.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When the try began that succeeded, as a timestamp; null when none did.</returns>
    /// <exception cref="LeaseLostException">Another agent has it, or had it in the meantime.</exception>
    public async Task<long?> RenewAsync(Func<Lease, Lease> prepare, CancellationToken cancellationToken)
    {
        var backoff = new Backoff<string>(options.FirstRetryDelay, options.MaxRetryDelay);
        for (var tries = 1; ; tries++)
        {
            var began = time.GetTimestamp();
            var error = await TryWriteAsync(lease => prepare(LeaseText.Renew(lease, options, time.GetUtcNow())), cancellationToken);
            if (error is null)
            {
                LeadershipMetrics.Renewed(isOk: true);
                return began;
            }

            if (tries == options.MaxTries)
            {
                LeadershipMetrics.Renewed(isOk: false);
                logger.LeaseNotRenewed(options.NodeName, error.Message);
                return null;
            }

            if (!_isStale)
            {
                await Task.Delay(backoff.Next(""), time, cancellationToken);
            }
        }
    }

    /// <summary>Gives the lease back, if it is still ours and the server answers in time.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        ApiException? error = null;
        try
        {
            for (var tries = 1; tries <= options.MaxTries; tries++)
            {
                error = await TryWriteAsync(LeaseText.Release, cancellationToken);
                if (error is null)
                {
                    logger.LeaseReleased(options.NodeName);
                    return;
                }
            }
        }
        catch (LeaseLostException)
        {
            return;
        }
        catch (OperationCanceledException)
        {
            error ??= new ApiException(ApiErrorKind.TimedOut, $"no answer within {options.ReleaseTimeout.TotalSeconds:0.#} s");
        }

        logger.LeaseNotReleased(options.NodeName, error!.Message);
    }

    // Null for success.
    private async Task<ApiException?> TryWriteAsync(Func<Lease, Lease> change, CancellationToken cancellationToken)
    {
        try
        {
            if (_isStale)
            {
                _lease = await RereadAsync(cancellationToken);
                _isStale = false;
            }

            _lease = await store.WriteAsync(change(_lease), cancellationToken);
            return null;
        }
        catch (ApiException e)
        {
            _isStale |= e.Kind is ApiErrorKind.Conflict or ApiErrorKind.AlreadyExists or ApiErrorKind.NotFound;
            return e;
        }
    }

    private async Task<Lease> RereadAsync(CancellationToken cancellationToken)
    {
        if (await store.FindAsync(cancellationToken) is not { } now)
        {
            return LeaseText.Renewable(_lease, options);
        }

        return LeaseText.IsStillHeld(now, _lease, options.Agent) ? now : throw new LeaseLostException(LeaseText.AgentOf(now));
    }
}
